// A fresh database with its engine for the tests of this folder; ids and statements that several of them use.
import { postgresForTests, type NoDatabase } from '../../../test/postgres.ts'
import type { Storage, Stored } from '../../define/field.ts'
import type { Engine, Rows, Statement } from '../contract.ts'
import { openPostgres, type PostgresOptions } from './index.ts'

export interface TestEngine {
  readonly engine: Engine
  readonly url: string
  /** Another engine on the same database, closed with it. */
  readonly open: (options?: Partial<PostgresOptions>) => Promise<Engine>
  readonly close: () => Promise<void>
}

/** Opens an engine on a database of its own with the table `counters`, or says why there is none. */
export async function engineForTests(options: Partial<PostgresOptions> = {}): Promise<TestEngine | NoDatabase> {
  const database = await postgresForTests()
  if ('skip' in database) return database
  const { url } = database
  const engines: Engine[] = []
  const open = async (more: Partial<PostgresOptions> = {}): Promise<Engine> => {
    const engine = await openPostgres({ url, ...more })
    engines.push(engine)
    return engine
  }
  const engine = await open(options)
  await engine.script(['create table counters (id bigint primary key, n bigint not null check (n >= 0))'])
  const close = async (): Promise<void> => {
    await Promise.all(engines.map((one) => one.close()))
    await database.drop()
  }
  return { engine, url, open, close }
}

/** A statement as callers make it. */
export const statement = (text: string, reads: readonly Storage[] = []): Statement => Object.freeze({ text, reads })

export const insertCounter = statement('insert into counters (id, n) values ($1, $2)')
export const addOne = statement('update counters set n = n + 1 where id = $1')
export const readCounter = statement('select n from counters where id = $1', ['int'])
export const setCounter = statement('update counters set n = $2 where id = $1')
export const sleep = statement('select pg_sleep($1::float8)::text', ['text'])

/** One statement in a transaction of its own. */
export const run = async (engine: Engine, one: Statement, values: readonly Stored[] = []): Promise<Rows> =>
  engine.write({ name: 'test', isolation: 'locked' }, async (tx) => tx.all(one, values))

/** The counter's value; undefined when it is not there. */
export const counter = async (engine: Engine, id: number): Promise<Stored | undefined> =>
  (await engine.query(readCounter, [id]))[0]?.[0]

/** The failure's word, or the answer when there was none. */
export const failureOfCall = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => ({ answer }),
    (error: unknown) => (error instanceof Error && 'failure' in error ? error.failure : error),
  )
