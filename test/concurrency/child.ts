// A server of the tests of concurrency in a process of its own, which serves until it is killed.
import { flushCompileCache } from 'node:module'
import { kill, pid } from 'node:process'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import concurrency from './app.ts'

process.on('disconnect', () => void kill(pid, 'SIGKILL')) // without its parent it has nobody to serve
const config = readConfig()
const server = await openServer(concurrency, { config })
const { url } = await server.door.listen({ port: config.port, host: config.host })
await server.work()
server.setReady()
flushCompileCache() // a process that is killed keeps nothing by itself
process.send?.({ url })
