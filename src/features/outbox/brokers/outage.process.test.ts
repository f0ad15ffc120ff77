// Brokers that are out for a moment, in the daily tests.
import { outageSuite } from './test_outage.ts'

outageSuite({ times: 2, lastMs: 200 })
