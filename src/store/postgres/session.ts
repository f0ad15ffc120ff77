// Work outside the request path: scripts of statements, and the lock that only one migrating process holds.
import { StoreError } from '../contract.ts'
import { openConnection, type Connection } from './connection.ts'
import type { Driver } from './driver.ts'
import { unavailable } from './failure.ts'

/** Runs statements one by one on a session of its own; `set` lasts until the last. A `begin` left open is undone. */
export async function script(driver: Driver, statements: readonly string[]): Promise<void> {
  const connection = await openConnection(driver, 'schema')
  try {
    for (const statement of statements) await connection.command(statement)
  } finally {
    await connection.end()
  }
}

// The first eight bytes of SHA-256("plinth migration"), as a signed bigint; locks are per database.
const MIGRATION_KEY = '-188513382403291135'

/** Runs `work` under the lock. Fails with 'busy' when another holds it, 'unavailable' when it was lost meanwhile. */
export async function migrationLock<T>(driver: Driver, work: () => Promise<T>): Promise<T> {
  const connection = await openConnection(driver, 'schema')
  try {
    if (!(await takeLock(connection))) throw new StoreError('busy', 'Another process is migrating this database.')
    const answer = await work()
    if (connection.lost) throw unavailable('The connection that held the migration lock was lost while migrating.')
    return answer
  } finally {
    await connection.end()
  }
}

// Ending the session gives the lock back, also when the process is killed.
async function takeLock(connection: Connection): Promise<boolean> {
  const rows = await connection.rows(TRY_LOCK, [])
  return rows[0]?.[0] === true
}

const TRY_LOCK = { text: `select pg_try_advisory_lock(${MIGRATION_KEY})`, reads: ['bool'] } as const
