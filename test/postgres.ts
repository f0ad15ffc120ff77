// Finds a PostgreSQL for tests and makes each suite a database of its own.
import { env, pid } from 'node:process'
import { Client } from 'pg'

/** A fresh, empty database; `drop` ends its connections and removes it. */
export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** Why there is none; give it to `describe` as `skip`. */
export interface NoDatabase {
  readonly skip: string
}

const CONNECT_MS = 2_000

/** Where a server may answer: the one that is named, or else this machine's, over TCP and over the socket. */
const PLACES: readonly string[] =
  env['PLINTH_TEST_POSTGRES'] === undefined
    ? ['postgres://postgres@127.0.0.1:5432/postgres', 'postgres://root@%2Fvar%2Frun%2Fpostgresql/postgres']
    : [env['PLINTH_TEST_POSTGRES']]

const names = (function* counter() {
  for (let n = 1; ; n += 1) yield `plinth_test_${pid}_${n}`
})()

/** Makes a database (UTF8, collation C), or says why there is none. Fails where a server answers but refuses. */
export async function postgresForTests(): Promise<TestDatabase | NoDatabase> {
  const server = await answering()
  if (server === undefined) return missing
  const name = names.next().value
  await run(server, `create database ${name} encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const drop = async (): Promise<void> => {
    await run(server, `drop database ${name} with (force)`)
    await run(server, `drop role if exists plinth_caller_${name}, plinth_system_${name}`)
  }
  return { url: url.href, drop }
}

const missing: NoDatabase = { skip: `no PostgreSQL answers at ${PLACES.join(' or ')}` }

/** Why there is no PostgreSQL to test with; undefined where there is. */
export async function whyNoPostgres(): Promise<NoDatabase | undefined> {
  return (await answering()) === undefined ? missing : undefined
}

async function answering(): Promise<string | undefined> {
  for (const place of PLACES) if (await doesAnswer(place)) return place
  return undefined
}

async function doesAnswer(place: string): Promise<boolean> {
  try {
    await run(place, 'select 1')
    return true
  } catch (error) {
    // A named server that does not answer is a mistake in the setting, not a machine without PostgreSQL.
    if (env['PLINTH_TEST_POSTGRES'] !== undefined)
      throw new Error('PLINTH_TEST_POSTGRES does not answer', { cause: error })
    return false
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS })
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end()
  }
}
