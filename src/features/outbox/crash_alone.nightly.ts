// One process on SQLite killed 200 times, and RabbitMQ cut off ten times meanwhile, in the nightly tests.
import { crashSuite } from './test_crash.ts'

crashSuite({ kills: 200, seed: 7, patienceMs: 240_000, outages: { times: 10, lastMs: 5_000 } }, [
  'one process on SQLite',
])
