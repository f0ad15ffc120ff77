// Killed processes, a few times, in the daily tests.
import { crashSuite } from './test_crash.ts'

crashSuite({ kills: 3, seed: 1, patienceMs: 90_000 }, ['one process on SQLite', 'three processes on PostgreSQL'])
