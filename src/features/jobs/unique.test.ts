// Unique jobs, as often as every day has time for.
import { uniqueTests } from './test_unique.ts'

uniqueTests(20)
