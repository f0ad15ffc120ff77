// A server of the tests of identity in a process of its own, which may be deaf to what the others say.
import { flushCompileCache } from 'node:module'
import { argv, kill, pid } from 'node:process'
import { ownedClock } from '../../src/base/clock.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import type { Engine } from '../../src/store/contract.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'
import { club } from './people.ts'

/**
 * `deaf` hears no wake, as when the bus is down. `stuck` is the control: it hears none, and its clock stands still, so
 * that what it remembers of a session stays true to it.
 */
export type Hearing = 'sound' | 'deaf' | 'stuck'

const deaf = (engine: Engine): Engine =>
  new Proxy(engine, {
    get: (target, name) => {
      if (name === 'listen') return () => () => {}
      const found: unknown = Reflect.get(target, name)
      return typeof found === 'function' ? found.bind(target) : found
    },
  })

async function serve(hearing: Hearing): Promise<void> {
  process.on('disconnect', () => void kill(pid, 'SIGKILL')) // without its parent it has nobody to serve
  const config = readConfig()
  const engine = await openPostgres({ url: config.databaseUrl })
  const server = await openServer(club, {
    config,
    engine: hearing === 'sound' ? engine : deaf(engine),
    ...(hearing === 'stuck' && { clock: ownedClock(new Date().toISOString()) }),
  })
  const { url } = await server.door.listen({ port: config.port, host: config.host })
  if (hearing === 'sound') await server.work()
  server.setReady()
  flushCompileCache() // a process that is killed keeps nothing by itself
  process.send?.({ url })
}

const [, , hearing] = argv
await serve(hearing === 'deaf' || hearing === 'stuck' ? hearing : 'sound')
