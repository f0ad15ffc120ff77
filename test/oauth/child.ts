// A server of the same provider in a process of its own; the address people know is that of its parent.
import { argv, kill, pid } from 'node:process'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import { club, secrets } from './app.ts'

process.on('disconnect', () => void kill(pid, 'SIGKILL')) // without its parent it has nobody to serve
const config = readConfig({ ...process.env, ...secrets, PUBLIC_URL: argv[2] })
const server = await openServer(club, { config })
const { url } = await server.door.listen({ port: config.port, host: config.host })
server.setReady()
process.send?.({ url })
