// Histories of clients whose servers are killed: some hundred operations here, fifty thousand at night.
import { killSuite } from './kill_suite.ts'

await killSuite({ seed: 21, clients: 8, operations: 240, kills: 4, actions: ['transact'] })
