// One process owns a database file: an exclusive transaction held open on a file beside it.
import { DatabaseSync } from 'node:sqlite'
import { storeError } from './errors.ts'
import { StoreError } from '../contract.ts'

/** Gives the database back to whoever opens it next. */
export interface OwnerLock {
  release(): void
}

/**
 * Takes the lock of a database. Node has no flock; SQLite's own file lock is freed by the operating system however the
 * process ends. The lock file stays behind: removing it would let two processes lock two files of one name.
 * Fails with busy when another process has the database, or this one a second time.
 */
export function takeOwnerLock(file: string): OwnerLock {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(`${file}.lock`, { timeout: 0 })
    database.exec('begin exclusive')
  } catch (error) {
    database?.close()
    const known = storeError(error)
    if (!(known instanceof StoreError) || known.failure !== 'busy') throw known
    throw new StoreError('busy', `${file} is in use by another process`, { cause: error })
  }
  const held = database
  return { release: () => held.close() }
}
