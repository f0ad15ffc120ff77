// The PostgreSQL engine: readers for single reads, a pool for transactions, sessions of their own for migrations.
import { AsyncLocalStorage } from 'node:async_hooks'
import { postgresLimits } from '../../base/limits.ts'
import { systemRandom, type Random } from '../../base/random.ts'
import type { Catalog } from '../catalog.ts'
import type { Dialect, Engine } from '../contract.ts'
import { asUser } from './bind.ts'
import type { Connection } from './connection.ts'
import { explainWith } from './constraint_columns.ts'
import { postgresFacts } from './dialect.ts'
import { type Driver, loadDriver, type PostgresLimits } from './driver.ts'
import { introspect } from './introspect.ts'
import { withSecurity } from './introspect_security.ts'
import { ping } from './ping.ts'
import { Pool } from './pool.ts'
import { Readers } from './readers.ts'
import { asConnected, rowSecurity } from './row_security.ts'
import { openDialect } from './security_dialect.ts'
import { migrationLock, script } from './session.ts'
import { snapshot } from './snapshot.ts'
import { Stop } from './stop.ts'
import { Wakes } from './wakes.ts'
import { write, type Writing } from './write.ts'

/** Where the database is, and limits that differ from those of base/limits.ts. */
export interface PostgresOptions {
  /** `postgres://name:password@host:5432/database`, with `?sslmode=…` where it is not on this machine. */
  readonly url: string
  readonly limits?: Partial<PostgresLimits>
  readonly random?: Random
}

/** Opens the engine. Fails when `pg` is missing, and with 'unavailable' when the database does not answer. */
export async function openPostgres(options: PostgresOptions): Promise<Engine> {
  const limits: PostgresLimits = { ...postgresLimits, ...options.limits }
  const driver = await loadDriver(options.url, limits)
  const readers = new Readers(driver)
  const pool = new Pool(driver)
  const wakes = new Wakes(driver, readers)
  const writing = writingOf(pool, readers, limits, options.random ?? systemRandom)
  await readers.start()
  return {
    facts: postgresFacts,
    get dialect() {
      return driver.roles === undefined ? openDialect : securedDialect
    },
    security: rowSecurity({ driver, readers, pool }),
    query: (statement, values, as) =>
      readers.stalled && pool.spare
        ? pool.query(statement, values, { as, again: () => readers.query(statement, values, as) })
        : readers.query(statement, values, as),
    snapshot: (work) => snapshot(pool, new Stop('A snapshot', limits.transactionDeadlineMs), work),
    write: (how, work) => write(writing, how, work),
    script: (statements) => script(driver, statements),
    introspect: (want) => introspected(driver, pool, want),
    migrationLock: (work) => migrationLock(driver, work),
    wake: (channel, about) => wakes.wake(channel, about),
    listen: (channel, woken) => wakes.listen(channel, woken),
    ping: () => ping(readers, limits.connectMs),
    close: async () => {
      await wakes.close()
      await pool.close()
      await readers.close()
    },
  }
}

const securedDialect: Dialect = Object.freeze({ ...openDialect, callsRules: true })

// Policies are compared by making them once more, which is the affair of the user who connected.
async function introspected(driver: Driver, pool: Pool, want: Catalog | undefined): Promise<Catalog> {
  const stop = new Stop('Introspection', driver.limits.transactionDeadlineMs)
  const have = await snapshot(pool, stop, introspect)
  if (want?.functions === undefined) return have
  return asConnected(driver, (session) => withSecurity(session, have, want))
}

function writingOf(pool: Pool, readers: Readers, limits: PostgresLimits, random: Random): Writing {
  return {
    pool,
    random,
    limits,
    explain: explainWith((statement, values) => readers.query(statement, values)),
    terminate: (connection) => terminate(readers, connection),
    current: new AsyncLocalStorage(),
  }
}

const TERMINATE = Object.freeze({ text: 'select pg_terminate_backend($1::int)', reads: ['bool'] as const })

// Cutting the socket frees the slot here; the server would go on with the statement until its own timeout.
function terminate(readers: Readers, connection: Connection): void {
  const { processId } = connection
  connection.destroy()
  // A role of row security may end nobody's session, and needs not.
  if (processId !== undefined) readers.queryAs(asUser, TERMINATE, [processId]).catch(leaveItToTheTimeout)
}

const leaveItToTheTimeout = (): void => {}
