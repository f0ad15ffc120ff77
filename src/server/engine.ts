// Opens the engine that DATABASE_URL names; the only place where one engine or the other is chosen.
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Dialect, Engine, Session, StoreError } from '../store/contract.ts'

export interface EngineOptions {
  readonly databaseUrl: string
  readonly production: boolean
  readonly log: Log
  /** Where an embedded database is shipped to while it is open; undefined for nowhere. */
  readonly backupFolder?: string | undefined
  /** Hears that the disk has failed; `end` ends the process, with 70 and without closing the database. */
  readonly onStorageFailure?: (error: StoreError, end: () => void) => void
}

/** Opens the engine. Fails with StoreError: busy when another process owns it, unavailable when nothing answers. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { databaseUrl, production, log, backupFolder, onStorageFailure } = options
  if (databaseUrl.startsWith('sqlite:')) {
    const { openSqlite } = await import('../store/sqlite/index.ts')
    return openSqlite({
      file: databaseUrl.slice('sqlite:'.length),
      foreignAwait: production ? 'warn' : 'refuse',
      onForeignAwait: (operation) =>
        log.warn({ operation }, 'A transaction waited for something that is not the database.'),
      backup: backupFolder === undefined ? undefined : { folder: backupFolder, clock: systemClock, log },
      ...(onStorageFailure && { onStorageFailure }),
    })
  }
  const { openPostgres } = await import('../store/postgres/index.ts')
  return openPostgres({ url: databaseUrl })
}

/** A way to read the data of an app that may be running. */
export interface Reader {
  readonly session: Session
  readonly dialect: Dialect
  close(): Promise<void>
}

/** Opens the database only to read it, beside whoever owns it; from a process of its own. Fails with StoreError. */
export async function openReader(databaseUrl: string): Promise<Reader> {
  if (databaseUrl.startsWith('sqlite:')) {
    const { openReadOnly } = await import('../store/sqlite/index.ts')
    return openReadOnly(databaseUrl.slice('sqlite:'.length))
  }
  const { openPostgres } = await import('../store/postgres/index.ts')
  const engine = await openPostgres({ url: databaseUrl })
  const session: Session = { all: (statement, values) => engine.query(statement, values) }
  return { session, dialect: engine.dialect, close: () => engine.close() }
}
