// A server for the fault tests to hurt: as anybody would run it, or with one fault seeded for a control.
import { fdatasync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { argv, stdout } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from 'plinth'
import { systemClock } from '../../src/base/clock.ts'
import { createLog } from '../../src/base/log.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import type { Engine } from '../../src/store/contract.ts'
import { Connection, readerRole } from '../../src/store/sqlite/driver.ts'
import { openSqlite } from '../../src/store/sqlite/index.ts'
import faults from './app.ts'

/**
 * How the child serves. `sound`: through the public door. `brisk`: sound too, but its log is copied, cut and started
 * over every few requests. The rest are controls: `unsynced` answers before the sync, `early` before the commit,
 * `hasty` reads without waiting for what it saw to be durable, `stubborn` goes on after a failed sync.
 */
export type Fault = 'sound' | 'brisk' | 'unsynced' | 'early' | 'hasty' | 'stubborn'

const BRISK = { checkpointPages: 30, restartPages: 150, truncateBytes: 200_000 }

/** Long enough for an answer to leave, and for a kill to come between it and the commit. */
const EARLY_MS = 4

async function serve(fault: Fault): Promise<void> {
  if (fault === 'sound') return run(faults)
  const config = readConfig()
  const file = config.databaseUrl.slice('sqlite:'.length)
  const folder = config.backupFolder
  const sound = await openSqlite({
    file,
    foreignAwait: 'warn',
    durability: fault === 'unsynced' ? 'none' : 'barrier',
    ...(fault === 'brisk' && { limits: BRISK }),
    ...(fault === 'stubborn' && { sync: (descriptor, done) => fdatasync(descriptor, () => done(null)) }),
    backup: folder === undefined ? undefined : { folder, clock: systemClock, log: createLog({ level: 'warn' }) },
  })
  const seed = { isOn: false }
  const server = await openServer(faults, { config, engine: seeded(sound, file, fault, seed) })
  seed.isOn = true
  const { url } = await server.door.listen({ port: config.port, host: config.host })
  await server.work()
  server.setReady()
  stdout.write(`faults is up on ${url}\n`)
}

// The tables are made before the fault begins: a start reads back what it has written.
function seeded(engine: Engine, file: string, fault: Fault, seed: { readonly isOn: boolean }): Engine {
  if (fault === 'early') {
    return {
      ...engine,
      write: (options, work) => (seed.isOn ? answeredEarly(engine, options, work) : engine.write(options, work)),
    }
  }
  if (fault !== 'hasty') return engine
  const reader = new Connection(file, readerRole, (error) => {
    throw error
  })
  return { ...engine, query: (statement, values) => reader.all(statement, values) }
}

function answeredEarly<T>(engine: Engine, ...[options, work]: Parameters<typeof engine.write<T>>): Promise<T> {
  return new Promise((resolve, reject) => {
    const written = engine.write(options, async (tx) => {
      const answer = await work(tx)
      resolve(answer)
      await sleep(EARLY_MS)
      return answer
    })
    written.catch(reject)
  })
}

const [, self, fault] = argv
if (self !== undefined && import.meta.filename === self) {
  flushCompileCache() // now, and again: it will be killed
  await serve(fault as Fault) // its starter passes one of them
  flushCompileCache()
}
