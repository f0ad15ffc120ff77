// Engine suite: what the database refuses, in the words of both engines, and the catalog it says it has.
import assert from 'node:assert/strict'
import type { Catalog, Table } from '../catalog.ts'
import { StoreError, type Dialect, type Engine, type StoreFailure } from '../contract.ts'
import { idOf, insertThing, sceneCatalog, selectThings, write, type EngineTest, type Thing } from './test_scene.ts'

/** Registers the tests. */
export function constraintTests(test: EngineTest): void {
  keys(test)
  checks(test)
  messages(test)
  catalogs(test)
}

function keys(test: EngineTest): void {
  test('a second row of a unique index is refused by its name, table and columns', async (engine) => {
    await addOwner(engine, 1)

    const error = await refusal(
      engine,
      'unique',
      { id: idOf(2), owner: idOf(1), label: 'x' },
      { owner: idOf(1), label: 'x' },
    )

    assert.equal(error.constraint, 'things_owner_label')
    assert.equal(error.table, 'things')
    assert.deepEqual(error.columns, ['owner', 'label'])
  })

  test('a second row of a primary key is refused by its name and columns', async (engine) => {
    const error = await refusal(engine, 'unique', { id: idOf(1) }, { id: idOf(1) })

    assert.equal(error.constraint, 'things_pkey')
    assert.deepEqual(error.columns, ['id'])
  })

  test('a reference to nothing is refused, and so is the end of what is referred to', async (engine) => {
    await refusal(engine, 'foreign_key', { id: idOf(1), owner: idOf(9) })

    await addOwner(engine, 1)
    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), owner: idOf(1) }))
    await assert.rejects(
      write(engine, async (tx) => tx.all({ text: 'delete from owners', reads: [] }, [])),
      (error) => error instanceof StoreError && error.failure === 'foreign_key',
    )
  })
}

function checks(test: EngineTest): void {
  test('a check is refused by its name', async (engine) => {
    const wide = await refusal(engine, 'check', { id: idOf(1), count: -10 })
    const long = await refusal(engine, 'check', { id: idOf(1), label: '😀'.repeat(41) })

    assert.equal(wide.constraint, 'things_count_0a1b')
    assert.equal(long.constraint, 'things_label_6a7b')
    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), count: -9, label: '😀'.repeat(40) }))
  })

  test('a null where none may be is refused by table and column', async (engine) => {
    const error = await refusal(engine, 'not_null', { id: idOf(1), label: null })

    assert.equal(error.table, 'things')
    assert.deepEqual(error.columns, ['label'])
  })

  test('a day that is in no calendar and a text that is no JSON do not get in', async (engine) => {
    for (const day of ['2026-02-31', '2026-13-01', 'a day', '']) await refused(engine, { id: idOf(1), day })
    for (const data of ['{', '', 'nul', "{'a':1}", '01']) await refused(engine, { id: idOf(1), data })

    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), day: '2024-02-29', data: '{}' }))
  })
}

function messages(test: EngineTest): void {
  test('the message of a refusal holds no value of the row', async (engine) => {
    const secret = 'canary-5150'
    const error = await refusal(engine, 'unique', { id: idOf(1), label: secret }, { id: idOf(1), label: secret })
    const long = await refusal(engine, 'check', { id: idOf(1), label: secret.repeat(9) })

    assert.doesNotMatch(`${error.message} ${long.message}`, /canary/)
  })

  test('a statement that is wrong is an error of ours, not of the row', async (engine) => {
    const wrong = { text: 'select nothing from nowhere', reads: ['int'] as const }

    await assert.rejects(
      async () => engine.query(wrong, []),
      (error) => error instanceof StoreError && error.failure === 'broken',
    )
    await engine.ping()
  })
}

function catalogs(test: EngineTest): void {
  test('the catalog read back is the catalog that was created', async (engine) => {
    const found = await engine.introspect()

    assert.deepEqual(neutral(found, engine.dialect), neutral(sceneCatalog, engine.dialect))
  })

  test('the catalog sees a column, an index and a table that come later', async (engine) => {
    const type = engine.dialect.columnType('instant')
    await engine.script([
      `alter table owners add column "seen" ${type}`,
      'create index "owners_seen" on owners ("seen")',
      `create table "late" ("id" ${engine.dialect.columnType('wide')} not null primary key)`,
    ])

    const { tables } = await engine.introspect()

    await engine.script(['drop index "owners_seen"', 'alter table owners drop column "seen"', 'drop table "late"'])
    const owners = tables.find(({ name }) => name === 'owners')
    assert.deepEqual(owners?.columns.at(-1), { name: 'seen', storage: 'instant', nullable: true, default: undefined })
    assert.deepEqual(owners?.indexes, [{ name: 'owners_seen', columns: ['seen'] }])
    assert.equal(
      tables.some(({ name }) => name === 'late'),
      true,
    )
    assert.equal((await engine.introspect()).tables.length, sceneCatalog.tables.length)
  })
}

async function addOwner(engine: Engine, n: number): Promise<void> {
  const { dialect } = engine
  const text = `insert into owners ("id", "email") values (${dialect.typed(1, 'uuid')}, ${dialect.typed(2, 'text')})`
  await write(engine, async (tx) => tx.all({ text, reads: [] }, [idOf(n), `${n}@example.org`]))
}

/** Inserts the rows in one transaction, expects the last to be refused so, and nothing to be left. */
async function refusal(engine: Engine, failure: StoreFailure, ...rows: readonly Thing[]): Promise<StoreError> {
  const error = await refused(engine, ...rows)
  assert.equal(error.failure, failure)
  return error
}

async function refused(engine: Engine, ...rows: readonly Thing[]): Promise<StoreError> {
  const done = { count: 0 }
  const outcome = await write(engine, async (tx) => {
    for (const [n, row] of rows.entries()) {
      await insertThing(engine, tx, { id: idOf(100 + n), ...row })
      done.count++
    }
  }).catch((error: unknown) => error)
  assert.ok(outcome instanceof StoreError, `not refused: ${JSON.stringify(rows)}`)
  assert.equal(done.count, rows.length - 1)
  assert.deepEqual(await engine.query(selectThings(engine, ['id']), []), [])
  return outcome
}

// PostgreSQL keeps `int` and `wide` in one type, and every engine spells a condition in its own way.
function neutral(catalog: Catalog, dialect: Dialect): unknown {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)
  const table = (one: Table): unknown => ({
    ...one,
    columns: one.columns.map((column) => ({
      ...column,
      storage: dialect.columnType(column.storage),
      default: column.default === undefined ? 'none' : String(column.default),
    })),
    checks: one.checks.map(({ name }) => ({ name })).toSorted(byName),
    indexes: one.indexes.toSorted(byName),
  })
  return catalog.tables.toSorted(byName).map(table)
}
