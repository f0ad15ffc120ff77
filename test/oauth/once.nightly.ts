// A code at three processes of one database, fifty times at once, again and again.
import { onceSuite } from './once_suite.ts'

await onceSuite({ rounds: 200, twins: 50 })
