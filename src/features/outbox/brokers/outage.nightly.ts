// Brokers that are out for a minute each time, in the nightly tests.
import { outageSuite } from './test_outage.ts'

outageSuite({ times: 1, lastMs: 60_000 })
