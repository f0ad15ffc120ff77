// The catalog of tables that were made by hand, renamed, altered, and named to be difficult.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import fc from 'fast-check'
import type { Table } from '../catalog.ts'
import { readCreateTable } from './create_sql.ts'
import { sqliteDialect } from './dialect.ts'
import { introspect } from './introspect.ts'

function tableOf(t: TestContext, sql: string): Table {
  const database = new DatabaseSync(':memory:')
  t.after(() => database.close())
  database.exec(sql)
  const found = introspect(database).tables[0]
  assert.ok(found !== undefined)
  return found
}

test('a class survives every kind of alter table', (t) => {
  const table = tableOf(
    t,
    `create table t ("id" text /* uuid */ not null, "old" integer /* bool */, constraint "t_pkey" primary key ("id"))
       strict, without rowid;
     alter table t rename column "old" to "new";
     alter table t add column "late" ${sqliteDialect.columnType('instant')};
     alter table t alter column "late" set not null;
     alter table t add constraint "t_late" check (length("late") > 0);
     alter table t add column "gone" integer /* wide */;
     alter table t drop column "gone";
     alter table t rename to "u"`,
  )

  assert.deepEqual(
    table.columns.map(({ name, storage, nullable }) => [name, storage, nullable]),
    [
      ['id', 'uuid', false],
      ['new', 'bool', true],
      ['late', 'instant', false],
    ],
  )
  assert.deepEqual(table.checks, [{ name: 't_late', on: { sql: 'length("late") > 0' } }])
  assert.equal(table.name, 'u')
})

test('defaults come back as stored values of their class', (t) => {
  const table = tableOf(
    t,
    `create table t (a text default 'it''s', b integer default -7, c integer /* wide */ default 9223372036854775807,
       d integer /* bool */ default 1, e text default null, f text default (lower('A')), g text) strict`,
  )

  assert.deepEqual(
    table.columns.map((column) => column.default),
    ["it's", -7, '9223372036854775807', true, undefined, undefined, undefined],
  )
})

test('foreign keys have their names, columns and rules, inside a column too', (t) => {
  const table = tableOf(
    t,
    `create table t (a text constraint "t_a" references "u" ("id") on delete cascade, b text, c text,
       constraint "t_bc" foreign key ("b", "c") references "v" ("x", "y") on delete set null) strict`,
  )

  assert.deepEqual(table.foreignKeys, [
    { name: 't_a', columns: ['a'], target: 'u', targetColumns: ['id'], onDelete: 'cascade' },
    { name: 't_bc', columns: ['b', 'c'], target: 'v', targetColumns: ['x', 'y'], onDelete: 'set null' },
  ])
})

test('indexes made by hand that the model has no word for are left out, and so are other tables', (t) => {
  const table = tableOf(
    t,
    `create table t (a text, b integer, "r" real) strict;
     create index t_a on t (a); create unique index t_b on t (b, a);
     create index t_part on t (a) where b > 0; create index t_expr on t (lower(a));
     create view v as select * from t; create virtual table w using fts5 (x)`,
  )

  assert.deepEqual(table.indexes, [{ name: 't_a', columns: ['a'] }])
  assert.deepEqual(table.uniques, [{ name: 't_b', columns: ['b', 'a'] }])
  assert.equal(table.columns[2]?.type, 'real')
})

test('words, commas and parentheses inside texts, comments and names mislead nobody', (t) => {
  const table = tableOf(
    t,
    `create table t ( -- constraint "no" check (1)
       "constraint" text, "check" text default 'constraint "no" check (2), x',
       "a ""b"", c(" text /* a longer remark */ /* uuid */, /* date */ "d" text,
       constraint "yes, (really)" check ("d" <> ')' and ("check" in ('a,b', '(')))) strict`,
  )

  assert.deepEqual(table.checks, [{ name: 'yes, (really)', on: { sql: `"d" <> ')' and ("check" in ('a,b', '('))` } }])
  assert.deepEqual(
    table.columns.map(({ name, storage }) => [name, storage]),
    [
      ['constraint', 'text'],
      ['check', 'text'],
      ['a "b", c(', 'uuid'],
      ['d', 'text'],
    ],
  )
})

test('any name and any text in a check are read back as they were written', () => {
  const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(name, name, (constraint, value) => {
      const quoted = `"${constraint.replaceAll('"', '""')}"`
      const condition = `"a" <> '${value.replaceAll("'", "''")}'`
      const sql = `CREATE TABLE "t" ("a" text /* date */, constraint ${quoted} check (${condition})) strict`

      const read = readCreateTable(sql)

      assert.deepEqual(read.checks, [{ name: constraint, sql: condition }])
      assert.equal(read.marks.get('a'), 'date')
    }),
    { numRuns: 200 },
  )
})
