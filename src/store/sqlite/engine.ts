// The members of the engine, over the writer, the readers and the barrier.
import type { Catalog } from '../catalog.ts'
import { StoreError, type Engine, type Statement } from '../contract.ts'
import { Channels } from '../channels.ts'
import type { Shipper, ShippingFigures } from './backup/shipper.ts'
import type { Barrier } from './barrier.ts'
import type { Checkpointer } from './checkpoint.ts'
import { sqliteDialect, sqliteFacts } from './dialect.ts'
import type { Connection } from './driver.ts'
import { introspect } from './introspect.ts'
import type { LogFile } from './log_file.ts'
import type { Readers } from './readers.ts'
import type { Writer } from './writer.ts'

/** What the engine has done so far, for metrics and for tests. */
export interface SqliteFigures {
  readonly committed: number
  readonly durable: number
  /** Writers that wait for their turn. */
  readonly waiting: number
  readonly checkpoints: number
  readonly foreignAwaits: number
  readonly logBytes: number
  readonly broken: StoreError | undefined
  /** How backups stand, where they are made. */
  readonly backup: ShippingFigures | undefined
}

/** The engine, with what only this one can tell. */
export interface SqliteEngine extends Engine {
  figures(): SqliteFigures
}

export interface Parts {
  readonly barrier: Barrier
  readonly connection: Connection
  readonly log: LogFile
  readonly writer: Writer
  readonly readers: Readers
  readonly checkpointer: Checkpointer | undefined
  readonly shipper?: Shipper | undefined
  readonly foreignAwaits: { readonly count: number }
  readonly atClose: () => void
}

const PING: Statement = { text: 'select 1', reads: ['int'] }

/** Puts the parts together. */
export function makeEngine(parts: Parts): SqliteEngine {
  const { barrier, writer, readers } = parts
  const channels = new Channels()
  const state: { isMigrating: boolean; closing: Promise<void> | undefined } = { isMigrating: false, closing: undefined }
  return {
    facts: sqliteFacts,
    dialect: sqliteDialect,
    security: undefined,
    query: (statement, values) => readers.query(statement, values),
    snapshot: (work) => readers.snapshot(work),
    write: (options, work) => writer.write(options, work),
    script: (statements) => writer.script(statements),
    async introspect(): Promise<Catalog> {
      barrier.refuseIfBroken()
      const catalog = readers.single.guarded(() => introspect(readers.single.database))
      await barrier.wait()
      return catalog
    },
    // One process owns the file, so a flag of this process is enough.
    async migrationLock(work) {
      if (state.isMigrating) throw new StoreError('busy', 'another migration is running')
      state.isMigrating = true
      try {
        return await work()
      } finally {
        state.isMigrating = false
      }
    },
    wake: (channel, about) => channels.wake(channel, about),
    listen: (channel, woken) => channels.listen(channel, woken),
    async ping() {
      await readers.query(PING, [])
    },
    close: () => (state.closing ??= close(parts)),
    figures: () => figures(parts),
  }
}

// Whoever waits already is served, whoever comes later is refused. Closing the last connection copies the log into the
// database file and removes it. After a failure of the disk nothing may be closed (see fail_stop.ts).
async function close(parts: Parts): Promise<void> {
  if (parts.barrier.broken !== undefined) return
  await parts.writer.close((connection) => connection.exec('pragma optimize'))
  await parts.readers.drain()
  await parts.barrier.wait()
  await parts.checkpointer?.close()
  await parts.shipper?.close()
  parts.readers.close()
  parts.connection.close()
  parts.log.close()
  parts.shipper?.seal()
  parts.atClose()
}

function figures(parts: Parts): SqliteFigures {
  const { barrier } = parts
  return {
    committed: barrier.committed,
    durable: barrier.durable,
    waiting: parts.writer.waiting,
    checkpoints: parts.checkpointer?.count ?? 0,
    foreignAwaits: parts.foreignAwaits.count,
    logBytes: parts.log.size(),
    broken: barrier.broken,
    backup: parts.shipper?.figures(),
  }
}
