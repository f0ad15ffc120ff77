// Reads a database file beside the process that owns it: commands that look at the data of a running app.
import { existsSync } from 'node:fs'
import { StoreError, type Dialect, type Session } from '../contract.ts'
import { sqliteDialect } from './dialect.ts'
import { Connection, readerRole } from './driver.ts'

export interface ReadOnly {
  readonly session: Session
  readonly dialect: Dialect
  close(): Promise<void>
}

/**
 * Opens the file to read. Only in a process of its own: closing a connection would free the locks of an owner in the
 * same process. Fails with unavailable where there is no file.
 */
export function openReadOnly(file: string): ReadOnly {
  if (!existsSync(file)) throw new StoreError('unavailable', `there is no database at ${file}`)
  const connection = new Connection(file, readerRole, () => {})
  return {
    session: { all: (statement, values) => connection.all(statement, values) },
    dialect: sqliteDialect,
    close: async () => connection.close(),
  }
}
