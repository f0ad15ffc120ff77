// What the engine suite works on: two tables that use every storage class and every constraint, and short ways to them.
import { after, before, beforeEach, test, type TestContext } from 'node:test'
import type { Stored } from '../../define/field.ts'
import type { Catalog, Column } from '../catalog.ts'
import type { Engine, Rows, Session, Statement, Transaction, WriteOptions } from '../contract.ts'
import { createStatements } from '../migrate/create.ts'

/** Opens an empty database, or says why there is none. */
export type OpenEngine = () => Promise<Engine | { readonly skip: string }>

/** A test of the engine; skipped, with the reason, where there is no database. */
export type EngineTest = (title: string, run: (engine: Engine) => Promise<void>) => void

/** Opens the engine before the tests, empties its tables before each, closes it after. */
export function engineTests(open: OpenEngine): EngineTest {
  const scene: { engine?: Engine; skip?: string } = {}
  before(async () => {
    const opened = await open()
    if ('skip' in opened) {
      scene.skip = opened.skip
      return
    }
    scene.engine = opened
    await opened.script(createStatements(sceneCatalog, opened.dialect, opened.facts))
  })
  beforeEach(async () => {
    await scene.engine?.script(['delete from things', 'delete from owners'])
  })
  after(async () => {
    await scene.engine?.close()
  })
  return (title, run) => {
    void test(title, async (t: TestContext) => {
      if (scene.engine === undefined) return t.skip(scene.skip)
      await run(scene.engine)
    })
  }
}

const column = (name: string, storage: Column['storage'], more: Partial<Column> = {}): Column => ({
  name,
  storage,
  nullable: true,
  default: undefined,
  ...more,
})

/** The tables of the suite. */
export const sceneCatalog: Catalog = {
  tables: [
    {
      name: 'owners',
      columns: [column('id', 'uuid', { nullable: false }), column('email', 'text', { nullable: false })],
      primaryKey: ['id'],
      uniques: [{ name: 'owners_email', columns: ['email'] }],
      indexes: [],
      foreignKeys: [],
      checks: [],
    },
    {
      name: 'things',
      columns: [
        column('id', 'uuid', { nullable: false }),
        column('owner', 'uuid'),
        column('label', 'text', { nullable: false, default: "it's new" }),
        column('count', 'int', { nullable: false, default: 7 }),
        column('amount', 'wide', { default: '-9223372036854775808' }),
        column('flag', 'bool', { default: true }),
        column('moment', 'instant'),
        column('day', 'date'),
        column('data', 'text'),
      ],
      primaryKey: ['id'],
      uniques: [{ name: 'things_owner_label', columns: ['owner', 'label'] }],
      indexes: [{ name: 'things_count', columns: ['count', 'id'] }],
      foreignKeys: [
        {
          name: 'things_owner_fkey',
          columns: ['owner'],
          target: 'owners',
          targetColumns: ['id'],
          onDelete: 'restrict',
        },
      ],
      checks: [
        {
          name: 'things_count_0a1b',
          on: { column: 'count', check: { check: 'between', min: -9, max: 9007199254740991 } },
        },
        { name: 'things_data_2c3d', on: { column: 'data', check: { check: 'json' } } },
        { name: 'things_day_4e5f', on: { column: 'day', check: { check: 'date' } } },
        { name: 'things_label_6a7b', on: { column: 'label', check: { check: 'length', min: 0, max: 40 } } },
      ],
    },
  ],
}

const things = sceneCatalog.tables[1]?.columns ?? []

/** A row of `things` by its columns; those left out have their default. */
export type Thing = Readonly<Record<string, Stored>>

/** The id that ends in this number. */
export const idOf = (n: number): string => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

/** Runs one plain write. */
export function write<T>(engine: Engine, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return engine.write(options, work)
}

/** The options of a plain write. */
export const options: WriteOptions = { name: 'a test', isolation: 'locked' }

/** Inserts into `things`. */
export async function insertThing(engine: Engine, tx: Session, thing: Thing): Promise<void> {
  const names = Object.keys(thing)
  const values = names.map((name, at) => engine.dialect.typed(at + 1, storageOf(name)))
  const text = `insert into things (${names.map((name) => `"${name}"`).join(', ')}) values (${values.join(', ')})`
  await tx.all({ text, reads: [] }, Object.values(thing))
}

/** A select of these columns of `things`, decoded by their classes; `rest` follows the table's name. */
export function selectThings(engine: Engine, names: readonly string[], rest = 'order by "id"'): Statement {
  const columns = names.map((name) => engine.dialect.read(`"${name}"`, storageOf(name)))
  return { text: `select ${columns.join(', ')} from things ${rest}`, reads: names.map(storageOf) }
}

/** The counts of all things, by id, as a reader outside any transaction sees them. */
export async function counts(engine: Engine): Promise<Stored[]> {
  const rows: Rows = await engine.query(selectThings(engine, ['count']), [])
  return rows.map((row) => row[0] ?? null)
}

/** Adds to the count of one thing in one statement. */
export function addStatement(engine: Engine): Statement {
  const { dialect } = engine
  const by = dialect.typed(1, 'int')
  return { text: `update things set "count" = "count" + ${by} where "id" = ${dialect.typed(2, 'uuid')}`, reads: [] }
}

function storageOf(name: string): Column['storage'] {
  const found = things.find((one) => one.name === name)
  if (found === undefined) throw new TypeError(`things has no column ${name}`)
  return found.storage
}
