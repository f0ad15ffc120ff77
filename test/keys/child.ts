// A server of the tests of keys in a process of its own, which can be told at which point of its work to die.
import { flushCompileCache } from 'node:module'
import { argv, kill, pid } from 'node:process'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import type { Engine } from '../../src/store/contract.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'
import { openSqlite } from '../../src/store/sqlite/index.ts'
import { type Point, withFailpoints } from '../../src/testing/crash/failpoints.ts'
import keys from './app.ts'
import { remembersApart } from './faults.ts'

/** `apart` is the control: the answer is remembered in a transaction of its own, and the process dies before it. */
export type Protocol = 'sound' | 'apart'

/** What the child is told: at which of the points from now on it dies. */
export interface Arm {
  readonly killAt: number
}

const armed: { left: number | undefined } = { left: undefined }

const die = (): void => void kill(pid, 'SIGKILL')

/** Only what the app is asked for counts; loops beside the calls come and go as they like. */
function reach({ name }: Point): void {
  if (armed.left === undefined || !/^(sales\.|batch)/.test(name)) return
  if (--armed.left === 0) die()
}

function over(engine: Engine, protocol: Protocol): Engine {
  if (protocol === 'sound') return withFailpoints(engine, reach)
  return remembersApart(engine, () => {
    if (armed.left !== undefined) die()
  })
}

async function serve(protocol: Protocol): Promise<void> {
  process.on('disconnect', die) // without its parent it has nobody to serve
  const config = readConfig()
  const { databaseUrl } = config
  const engine = databaseUrl.startsWith('sqlite:')
    ? await openSqlite({ file: databaseUrl.slice('sqlite:'.length) })
    : await openPostgres({ url: databaseUrl })
  const server = await openServer(keys, { config, engine: over(engine, protocol) })
  const { url } = await server.door.listen({ port: config.port, host: config.host })
  await server.work()
  server.setReady()
  process.on('message', ({ killAt }: Arm) => {
    armed.left = killAt
    process.send?.({ armed: killAt })
  })
  flushCompileCache() // a process that is killed keeps nothing by itself
  process.send?.({ url })
}

await serve(argv[2] === 'apart' ? 'apart' : 'sound')
