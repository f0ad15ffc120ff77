// The tables as Plinth makes them, with the shop's rows put straight in, and the tokens that Plinth accepts.
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { createLog } from '../../src/base/log.ts'
import { createKeyring } from '../../src/base/seal.ts'
import { join as joinApp } from '../../src/define/model.ts'
import { signToken } from '../../src/features/auth/index.ts'
import { openEngine } from '../../src/server/engine.ts'
import { applyDirectly } from '../../src/store/migrate/index.ts'
import { wantedTables } from '../../src/store/policies.ts'
import { CUSTOMERS, customerId } from '../data.ts'
import { contents, fillPostgres, fillSqlite, rowsOf } from '../fill.ts'
import shop from './app.ts'

/** The root of the keys that sign tokens: known to all, since nothing that it guards is worth guarding. */
export const SECRET = 'bench-secret-bench-secret-bench-secret-1'
const DAY_SECONDS = 86_400

/** Makes and fills the SQLite file of the app. */
export async function seedSqlite(file: string): Promise<void> {
  await makeTables(`sqlite:${file}`)
  const db = new DatabaseSync(file)
  db.exec('pragma synchronous = off; begin')
  for (const [table, rows] of contents()) fillSqlite(db, table, rows)
  db.exec('commit; analyze; pragma wal_checkpoint(truncate)')
  db.close()
}

/** Fills an empty PostgreSQL database for the app. */
export async function seedPostgres(url: string): Promise<void> {
  await makeTables(url)
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const [table, rows] of contents()) await fillPostgres(client, table, rows)
  await client.query('vacuum analyze')
  await client.end()
}

async function makeTables(databaseUrl: string): Promise<void> {
  const engine = await openEngine({ databaseUrl, production: false, log: createLog({ level: 'warn' }) })
  await applyDirectly(engine, wantedTables(joinApp(shop), engine.dialect, { rowSecurity: true }))
  await engine.close()
}

/** Development tokens of all customers, the first one's first; `now` in milliseconds since 1970. */
export function plinthTokens(now: number): string[] {
  const keys = createKeyring(SECRET)
  const exp = Math.floor(now / 1000) + DAY_SECONDS
  const claims = { roles: [], tenant: null, profile: false, exp }
  return [...rowsOf(CUSTOMERS, (n) => signToken(keys, { ...claims, sub: customerId(n) }))]
}
