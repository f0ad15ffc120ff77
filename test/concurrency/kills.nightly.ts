// The same with fifty thousand operations of sixteen clients, of each sound way to write a handler.
import { killSuite } from './kill_suite.ts'

await killSuite({ seed: 22, clients: 16, operations: 50_000, kills: 60, actions: ['transact'] })
await killSuite({ seed: 23, clients: 16, operations: 50_000, kills: 60, actions: ['transact-locked', 'transact-firm'] })
