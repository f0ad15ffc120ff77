// What writes answer: an addition and an upsert give the row back, although SQLite knows no alias in `returning`.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Stored } from '../define/field.ts'
import type { Layout } from './layout.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import { addStatement, insertStatement } from './write.ts'

const COLUMNS = [
  { name: 'id', column: 'id', storage: 'uuid', field: undefined },
  { name: 'stock', column: 'stock', storage: 'int', field: undefined },
  { name: 'updatedAt', column: 'updated_at', storage: 'instant', field: undefined },
  { name: 'version', column: 'version', storage: 'int', field: undefined },
] as const
const LAYOUT: Layout = {
  table: 'products',
  columns: COLUMNS,
  reads: COLUMNS.map(({ storage }) => storage),
  at: new Map(COLUMNS.map(({ name }, at) => [name, at])),
}
const NOW = '2026-01-01T00:00:00.000Z'

// Nothing here is a boolean, which node:sqlite would refuse.
const bound = (value: Stored) => (typeof value === 'boolean' ? Number(value) : value)

function oneProduct(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  db.exec('create table products (id text primary key, stock integer, updated_at text, version integer) strict')
  db.exec(`insert into products values ('a', 5, '${NOW}', 1)`)
  return db
}

test('an addition answers the row as it is afterwards, and nothing when a bound forbids it', () => {
  const db = oneProduct()
  const made = addStatement(sqliteDialect, LAYOUT, [{ column: 'stock', min: 0, max: 9 }])
  const add = (amount: number) => {
    const values = made.values({ id: 'a', now: NOW, amounts: [amount] })
    return db.prepare(made.statement.text).all(...values.map(bound))
  }

  assert.equal(add(-2)[0]?.['stock'], 3)
  assert.deepEqual(add(-4), [])
})

test('an upsert answers the row it changed', () => {
  const db = oneProduct()
  const made = insertStatement(sqliteDialect, LAYOUT, COLUMNS, 1, { columns: ['id'], update: ['stock'] })

  const rows = db.prepare(made.statement.text).all(...made.values({ rows: [['a', 8, NOW, 1]] }).map(bound))

  assert.deepEqual([rows[0]?.['stock'], rows[0]?.['version']], [8, 2])
})

test('negative control: the alias that the statement reads by is unknown in its returning', () => {
  const db = oneProduct()

  assert.throws(() => db.prepare('update products as t set stock = 1 returning t.stock'), /no such column: t\.stock/)
})
