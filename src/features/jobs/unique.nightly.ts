// Unique jobs, a thousand keys.
import { uniqueTests } from './test_unique.ts'

uniqueTests(1_000)
