// The engines these tests run on: each gives fresh, empty databases.
import { postgresForTests } from '../../../test/postgres.ts'
import type { Engine } from '../contract.ts'
import { openPostgres } from '../postgres/index.ts'
import { openSqlite } from '../sqlite/index.ts'

export interface Fresh {
  readonly engine: Engine
  /** Where another engine can be opened on the same database; one process owns a SQLite file. */
  readonly url: string | undefined
  /** Takes everything away again; quicker than another database. */
  readonly empty: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface TestEngine {
  readonly name: 'sqlite' | 'postgres'
  readonly skip: string | false
  /** Random cases a property is tried with: each costs a PostgreSQL hundreds of commits. */
  readonly runs: number
  /** Can a second engine be opened on the same database, as another process does? */
  readonly isShared: boolean
  readonly open: () => Promise<Fresh>
}

const sqlite: TestEngine = {
  name: 'sqlite',
  skip: false,
  runs: 60,
  isShared: false,
  async open() {
    const engine = await openSqlite({ file: ':memory:' })
    const empty = async (): Promise<void> => {
      const names = (await engine.introspect()).tables.map(({ name }) => `drop table "${name}"`)
      await engine.script(['pragma foreign_keys = off', ...names, 'pragma foreign_keys = on'])
    }
    return { engine, url: undefined, empty, close: () => engine.close() }
  },
}

const probe = await postgresForTests()
if ('drop' in probe) await probe.drop()

const postgres: TestEngine = {
  name: 'postgres',
  runs: 12,
  isShared: true,
  skip: 'skip' in probe ? probe.skip : false,
  async open() {
    const database = await postgresForTests()
    if ('skip' in database) throw new Error(database.skip)
    const engine = await openPostgres({ url: database.url })
    const close = async (): Promise<void> => {
      await engine.close()
      await database.drop()
    }
    const empty = (): Promise<void> => engine.script(['drop schema public cascade', 'create schema public'])
    return { engine, url: database.url, empty, close }
  },
}

export const testEngines: readonly TestEngine[] = [sqlite, postgres]

/** Runs statements and answers their rows as text, on whichever engine. */
export async function ask(engine: Engine, text: string, columns = 1): Promise<readonly (readonly unknown[])[]> {
  return await engine.query({ text, reads: Array.from({ length: columns }, () => 'text' as const) }, [])
}
