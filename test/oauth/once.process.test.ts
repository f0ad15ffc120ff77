// A code at three processes of one database, once.
import { onceSuite } from './once_suite.ts'

await onceSuite({ rounds: 1, twins: 15 })
