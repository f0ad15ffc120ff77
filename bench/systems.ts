// The systems that are measured: how each is filled, started, and asked with which tokens.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from './cluster.ts'
import * as plinth from './app/seed.ts'
import { processFlags } from '../src/base/process_flags.ts'
import * as limit from './limit/seed.ts'
import { limitTokens, SECRET } from './limit/tokens.ts'
import type { Command } from './server_process.ts'

export type SystemName =
  | 'limit-sqlite'
  | 'limit-grouped'
  | 'limit-postgres'
  | 'plinth-sqlite'
  | 'plinth-postgres'
  | 'plinth-filters'

export interface Place {
  /** Folder for files of this measurement. */
  readonly work: string
  readonly cluster: Cluster
}

export interface System {
  readonly name: SystemName
  /** The hand-written server it is compared with. */
  readonly limit: SystemName
  /** A second one, for what the first does not do. */
  readonly second?: SystemName
  readonly usesPostgres: boolean
  /** Makes the database anew and fills it; answers how the server is started on it. */
  prepare(place: Place): Promise<Command>
  /** Tokens of all customers, the first one's first. */
  tokens(): Promise<string[]>
}

const script = (path: string): string[] => [process.execPath, join(import.meta.dirname, path)]
const signedForLimits = async (): Promise<string[]> => limitTokens(Date.now())

/** Removes a SQLite file and what lies beside it. */
function freshFile(work: string, name: string): string {
  const file = join(work, `${name}.sqlite`)
  for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true })
  return file
}

const limitSqlite: System = {
  name: 'limit-sqlite',
  limit: 'limit-sqlite',
  usesPostgres: false,
  async prepare({ work }) {
    const file = freshFile(work, 'limit')
    limit.seedSqlite(file)
    return { argv: script('limit/sqlite.mjs'), environment: { DATABASE: file, SECRET } }
  },
  tokens: signedForLimits,
}

const limitGrouped: System = {
  name: 'limit-grouped',
  limit: 'limit-sqlite',
  usesPostgres: false,
  async prepare({ work }) {
    const file = freshFile(work, 'grouped')
    limit.seedSqlite(file)
    return { argv: script('limit/sqlite_grouped.mjs'), environment: { DATABASE: file, SECRET } }
  },
  tokens: signedForLimits,
}

const limitPostgres: System = {
  name: 'limit-postgres',
  limit: 'limit-postgres',
  usesPostgres: true,
  async prepare({ cluster }) {
    const url = await cluster.fresh('limit')
    await limit.seedPostgres(url)
    return { argv: script('limit/postgres.mjs'), environment: { DATABASE_URL: url, SECRET } }
  },
  tokens: signedForLimits,
}

/** Everything on, as it is by default; the limits on callers are counted but high enough never to be met. */
const plinthOn = (databaseUrl: string): Command => ({
  argv: [process.execPath, ...processFlags, join(import.meta.dirname, 'app', 'main.ts')],
  environment: {
    DATABASE_URL: databaseUrl,
    PLINTH_SECRET: plinth.SECRET,
    RATE_LIMIT: '999999999',
    NODE_ENV: 'development', // signed development tokens are refused in production
  },
})
const signedByPlinth = async (): Promise<string[]> => plinth.plinthTokens(Date.now())

const plinthSqlite: System = {
  name: 'plinth-sqlite',
  limit: 'limit-sqlite',
  second: 'limit-grouped',
  usesPostgres: false,
  async prepare({ work }) {
    const file = freshFile(work, 'plinth')
    await plinth.seedSqlite(file)
    return plinthOn(`sqlite:${file}`)
  },
  tokens: signedByPlinth,
}

const onPostgres = (name: SystemName, database: string, rowSecurity: 'on' | 'off'): System => ({
  name,
  limit: 'limit-postgres',
  usesPostgres: true,
  async prepare({ cluster }) {
    const url = await cluster.fresh(database)
    await plinth.seedPostgres(url)
    const { argv, environment } = plinthOn(url)
    return { argv, environment: { ...environment, ROW_SECURITY: rowSecurity } }
  },
  tokens: signedByPlinth,
})

const plinthPostgres = onPostgres('plinth-postgres', 'plinth', 'on')
/** What row security costs is the difference to this one. */
const plinthFilters = onPostgres('plinth-filters', 'plinth_filters', 'off')

export const SYSTEMS: readonly System[] = [
  limitSqlite,
  limitGrouped,
  plinthSqlite,
  limitPostgres,
  plinthPostgres,
  plinthFilters,
]
