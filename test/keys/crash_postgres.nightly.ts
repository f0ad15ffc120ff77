// Hundreds of kills in the middle of calls with keys, on PostgreSQL.
import { crashSuite } from './crash_suite.ts'

await crashSuite(['postgres'], { seeds: 30, rounds: 10 })
