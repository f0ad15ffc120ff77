// What backups ask of the server itself: whether a database is in use or filled, and databases for trials.
import type { Client } from 'pg'
import { postgresLimits } from '../../../base/limits.ts'
import { loadDriver } from '../driver.ts'

/** Whether others are connected to the database, and how many tables of people's it has. */
export async function stateOf(databaseUrl: string): Promise<{ readonly others: number; readonly tables: number }> {
  return inSession(databaseUrl, async (client) => {
    const { rows } = await client.query<{ others: number; tables: number }>(`
      select (select count(*)::int
                from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid()
                 and backend_type = 'client backend') as others,
             (select count(*)::int
                from pg_class join pg_namespace on pg_namespace.oid = relnamespace
               where relkind in ('r', 'p')
                 and nspname not like 'pg\\_%' and nspname <> 'information_schema') as tables`)
    return rows[0] ?? { others: 0, tables: 0 }
  })
}

/** Makes an empty database on the same server; answers its address. Fails where the role may not. */
export async function createDatabase(databaseUrl: string, name: string): Promise<string> {
  await inSession(databaseUrl, (client) => client.query(`create database ${name} template template0`))
  const url = new URL(databaseUrl)
  url.pathname = `/${name}`
  return url.href
}

/** Drops it again. */
export async function dropDatabase(databaseUrl: string, name: string): Promise<void> {
  await inSession(databaseUrl, (client) => client.query(`drop database ${name} with (force)`))
}

async function inSession<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const driver = await loadDriver(databaseUrl, postgresLimits)
  const client = await driver.connect('schema')
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
