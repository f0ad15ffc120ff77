// Hundreds of kills in the middle of calls with keys, on SQLite.
import { crashSuite } from './crash_suite.ts'

await crashSuite(['sqlite'], { seeds: 30, rounds: 10 })
