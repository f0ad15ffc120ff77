// The systems that are measured: how each is filled, started, and asked with which tokens.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from './cluster.ts'
import { seedPostgres, seedSqlite } from './limit/seed.ts'
import { limitTokens, SECRET } from './limit/tokens.ts'
import type { Command } from './server_process.ts'

export type SystemName = 'limit-sqlite' | 'limit-postgres'

export interface Place {
  /** Folder for files of this measurement. */
  readonly work: string
  readonly cluster: Cluster
}

export interface System {
  readonly name: SystemName
  /** The hand-written server it is compared with. */
  readonly limit: SystemName
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
    seedSqlite(file)
    return { argv: script('limit/sqlite.mjs'), environment: { DATABASE: file, SECRET } }
  },
  tokens: signedForLimits,
}

const limitPostgres: System = {
  name: 'limit-postgres',
  limit: 'limit-postgres',
  usesPostgres: true,
  async prepare({ cluster }) {
    const url = await cluster.fresh('limit')
    await seedPostgres(url)
    return { argv: script('limit/postgres.mjs'), environment: { DATABASE_URL: url, SECRET } }
  },
  tokens: signedForLimits,
}

export const SYSTEMS: readonly System[] = [limitSqlite, limitPostgres]
