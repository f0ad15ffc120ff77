// Databases that begin empty and end with their user: what the testing kit runs an app on.
import type { Client } from 'pg'
import { readTestConfig } from './config.ts'

/** An empty database; `drop` removes it, with whoever is still connected. */
export interface FreshDatabase {
  readonly databaseUrl: string
  drop(): Promise<void>
}

const connectMs = 2_000

/** Where a PostgreSQL of this machine answers that lets a developer in: over TCP, or over its socket. */
const places = ['postgres://postgres@127.0.0.1:5432/postgres', 'postgres://root@%2Fvar%2Frun%2Fpostgresql/postgres']

const numbers = (function* counter() {
  for (let n = 1; ; n += 1) yield n
})()

/** Makes a database of the engine that is asked for, or that the environment names. Fails where none answers. */
export async function freshDatabase(engine?: 'sqlite' | 'postgres'): Promise<FreshDatabase> {
  const config = readTestConfig()
  if ((engine ?? config.engine) === 'sqlite') return { databaseUrl: 'sqlite::memory:', drop: async () => {} }
  const server = await answering(config.postgres === undefined ? places : [config.postgres])
  const name = `plinth_kit_${process.pid}_${numbers.next().value}`
  await run(server, `create database ${name} encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const drop = async (): Promise<void> => {
    await run(server, `drop database ${name} with (force)`)
    // Roles belong to the server, not to the database; row security made these for it.
    await run(server, `drop role if exists plinth_caller_${name}, plinth_system_${name}`)
  }
  return { databaseUrl: url.href, drop }
}

async function answering(wanted: readonly string[]): Promise<string> {
  const failures: unknown[] = []
  for (const place of wanted) {
    try {
      await run(place, 'select 1')
      return place
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(
    failures,
    `no PostgreSQL answers at ${wanted.join(' or ')}; name one by PLINTH_TEST_POSTGRES`,
  )
}

async function run(url: string, statement: string): Promise<void> {
  const client = await clientOf(url)
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end()
  }
}

// Loaded only where it is used: an app that stays on SQLite does not install it.
async function clientOf(url: string): Promise<Client> {
  const { default: pg } = await import('pg')
  return new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs })
}
