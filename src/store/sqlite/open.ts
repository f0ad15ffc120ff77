// Opens a database file as an engine.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { sqliteLimits } from '../../base/limits.ts'
import { StoreError } from '../contract.ts'
import { removeMarker } from './backup/marker.ts'
import type { Shipper, ShipperOptions } from './backup/shipper.ts'
import { Barrier, type Sync } from './barrier.ts'
import { Checkpointer } from './checkpoint.ts'
import { makeDirectory } from '../directory.ts'
import {
  Connection,
  mainReaderRole,
  readerRole,
  refuseOldSqlite,
  volatileRole,
  writerRole,
  type Role,
} from './driver.ts'
import { makeEngine, type SqliteEngine } from './engine.ts'
import { exitWithoutClosing } from './fail_stop.ts'
import { takeOwnerLock } from './lock.ts'
import { openLogFile, rewriteLog } from './log_file.ts'
import { Readers } from './readers.ts'
import { realFile } from './real_file.ts'
import { Writer, type ForeignAwait } from './writer.ts'

export interface SqliteOptions {
  /** Path of the database file; `:memory:` for one that ends with the engine and is never synced. */
  readonly file: string
  /** A transaction that waits for something else than the database: an error (development, tests) or a count. */
  readonly foreignAwait?: ForeignAwait
  /** Hears of each such transaction. */
  readonly onForeignAwait?: (name: string) => void
  /** Called once, when the disk has failed. It must come to `end`: exit 70, without closing; without it, at once. */
  readonly onStorageFailure?: (error: StoreError, end: () => void) => void
  /** `none` acknowledges what is not on the disk yet: the control of the durability tests. */
  readonly durability?: 'barrier' | 'none'
  /** Puts the log on the disk; `fs.fdatasync`. */
  readonly sync?: Sync
  readonly limits?: { readonly [name in keyof typeof sqliteLimits]?: number }
  /** Ships what is written to a folder as it is written. Not for a database that ends with the engine. */
  readonly backup?: Omit<ShipperOptions, 'file'> | undefined
}

/**
 * Opens a SQLite database. Fails with busy when another process has it, unavailable when SQLite or a setting is not
 * what durability needs, broken when the disk fails meanwhile.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteEngine> {
  refuseOldSqlite(process.versions.sqlite ?? 'unknown')
  return options.file === ':memory:' ? openVolatile(options) : openDurable(options, realFile(options.file))
}

// SQLite's own memory databases cannot be shared by a reader and a writer without locking each other out, so this is a
// file that is never synced and goes with its directory.
async function openVolatile(options: SqliteOptions): Promise<SqliteEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-'))
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', remove)
  const discard = (): void => {
    process.removeListener('exit', remove)
    remove()
  }
  return assemble(options, join(directory, 'app.db'), { isVolatile: true, atClose: discard })
}

async function openDurable(options: SqliteOptions, file: string): Promise<SqliteEngine> {
  makeDirectory(dirname(file))
  const lock = takeOwnerLock(file)
  let shipper: Shipper | undefined
  try {
    shipper = await openShipper(options, file)
    return assemble(options, file, { isVolatile: false, shipper, atClose: () => lock.release() })
  } catch (error) {
    await shipper?.close()
    lock.release()
    throw error
  }
}

// Before the database: opening it cuts the log, and with it what a crash left unshipped. One that is opened without a
// backup is not what the backup has any more.
async function openShipper({ backup }: SqliteOptions, file: string): Promise<Shipper | undefined> {
  if (backup === undefined) {
    removeMarker(file)
    return undefined
  }
  const shipping = await import('./backup/shipper.ts')
  return shipping.Shipper.open({ ...backup, file: resolve(file) })
}

interface Place {
  readonly isVolatile: boolean
  readonly shipper?: Shipper | undefined
  readonly atClose: () => void
}

function assemble(options: SqliteOptions, file: string, place: Place): SqliteEngine {
  const limits = { ...sqliteLimits, ...options.limits }
  const barrier: Barrier = new Barrier({
    sync: place.isVolatile || options.durability === 'none' ? undefined : (done) => log.sync(done),
    onFailure: (error) => (options.onStorageFailure ?? endAtOnce)(error, () => exitWithoutClosing(error)),
    onSynced: () => checkpointer?.consider(),
    watch: place.shipper,
  })
  const onBroken = (error: StoreError): void => barrier.fail(error)
  const connection = openWriter(file, place.isVolatile ? volatileRole : writerRole, onBroken)
  const log = failing(onBroken, () => openLogFile(file, options.sync))
  const foreignAwaits = { count: 0 }
  const onForeignAwait = (name: string): void => {
    foreignAwaits.count++
    options.onForeignAwait?.(name)
  }
  const shared = { barrier, queue: limits.writerQueue, deadlineMs: limits.transactionDeadlineMs }
  const foreignAwait = options.foreignAwait ?? 'refuse'
  const onFull = (): void => checkpointer?.makeRoom()
  const opened = (role: Role) => (): Connection => new Connection(file, role, onBroken)
  const readers = new Readers({ ...shared, open: opened(readerRole), openMain: opened(mainReaderRole) })
  const onCommit = (): void => readers.letGo()
  const writer = new Writer({ ...shared, connection, foreignAwait, onForeignAwait, onCommit, onFull })
  const checkpointer = place.isVolatile
    ? undefined
    : new Checkpointer({
        file,
        reader: readers,
        writer,
        log,
        passivePages: limits.checkpointPages,
        restartPages: limits.restartPages,
        truncateBytes: limits.truncateBytes,
        onFailure: onBroken,
        gate: place.shipper,
      })
  place.shipper?.attach({
    end: () => ({ salts: log.salts(), frame: checkpointer?.pages ?? 0 }),
    size: () => log.size(),
    isCheckpointing: () => checkpointer?.isRunning ?? false,
  })
  return makeEngine({ ...place, barrier, connection, log, writer, readers, checkpointer, foreignAwaits })
}

// A sync that fails while the database is opened is as final as any later one.
function failing<T>(onBroken: (error: StoreError) => void, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof StoreError && error.failure === 'broken') onBroken(error)
    throw error
  }
}

const endAtOnce = (_error: StoreError, end: () => void): void => end()

// What lies in the log may be in the page cache alone (a failed sync before a restart marks its pages clean), so it is
// written again, copied and synced before anybody is answered from it.
function openWriter(file: string, role: Role, onBroken: (error: StoreError) => void): Connection {
  let connection: Connection | undefined
  try {
    connection = new Connection(file, role, onBroken)
    copyLog(connection, file, onBroken)
    return connection
  } catch (error) {
    const failure = error instanceof StoreError ? error.failure : undefined
    if (failure !== 'broken') connection?.close() // after a failure of the disk nothing is closed
    if (failure === 'busy') throw new StoreError('busy', `${file} is in use by another program`, { cause: error })
    throw error
  }
}

function copyLog(connection: Connection, file: string, onBroken: (error: StoreError) => void): void {
  connection.run('begin immediate') // nobody else writes the log meanwhile
  failing(onBroken, () => rewriteLog(file))
  connection.run('rollback')
  const row = connection.guarded(() => connection.database.prepare('pragma wal_checkpoint(truncate)').get())
  if (row?.['busy'] !== 0) throw new StoreError('busy', 'the log cannot be copied')
}
