// Finds a PostgreSQL for tests and makes each suite a database of its own.
import { env } from 'node:process'
import type { App } from '../src/define/app.ts'
import { databaseServer, NoServer } from '../src/server/database_server.ts'
import { freshPostgres } from '../src/server/fresh_database.ts'

/** A fresh database; `drop` ends its connections and removes it. */
export interface TestDatabase {
  readonly url: string
  /** The tables of the app are there, as they were made: a start need not look. */
  readonly isPrepared: boolean
  drop(): Promise<void>
}

/** Why there is none; give it to `describe` as `skip`. */
export interface NoDatabase {
  readonly skip: string
}

/**
 * Makes a database (UTF8, collation C), or says why there is none. It is empty, or for an app may hold the app's tables
 * already. Fails where a server answers but refuses.
 */
export async function postgresForTests(app?: App): Promise<TestDatabase | NoDatabase> {
  const missing = await whyNoPostgres()
  if (missing !== undefined) return missing
  const database = await freshPostgres(app)
  return { url: database.databaseUrl, isPrepared: database.isPrepared, drop: () => database.drop() }
}

/** Why there is no PostgreSQL to test with; undefined where there is. */
export async function whyNoPostgres(): Promise<NoDatabase | undefined> {
  try {
    await databaseServer()
    return undefined
  } catch (error) {
    if (!(error instanceof NoServer)) throw error
    // A named server that does not answer is a mistake in the setting, not a machine without PostgreSQL.
    if (env['PLINTH_TEST_POSTGRES'] !== undefined)
      throw new Error('PLINTH_TEST_POSTGRES does not answer', { cause: error })
    return { skip: error.message }
  }
}
