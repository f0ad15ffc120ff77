// A check constraint refuses what its condition refuses, lets null pass, and means the same on both engines.
import { deepEqual, rejects, throws } from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import type { ColumnCheck, Storage, Stored } from '../../define/field.ts'
import type { Expr } from '../../define/predicate.ts'
import type { Column, Table } from '../catalog.ts'
import { StoreError } from '../contract.ts'
import { conditionSql } from './condition.ts'
import { applyDirectly } from './direct.ts'
import { literal, quoted } from './literal.ts'
import { rowId } from './test_catalogs.ts'
import { sqliteDialect } from '../sqlite/dialect.ts'
import { testEngines } from './test_engines.ts'

const column = (name: string, storage: Storage): Column => ({ name, storage, nullable: true, default: undefined })
const rest = { primaryKey: ['id'], uniques: [], indexes: [], foreignKeys: [] }
const id: Column = { ...column('id', 'uuid'), nullable: false }

const cases: readonly { storage: Storage; check: ColumnCheck; good: readonly Stored[]; bad: readonly Stored[] }[] = [
  { storage: 'int', check: { check: 'between', min: -5, max: 5 }, good: [-5, 5], bad: [-6, 6] },
  {
    storage: 'wide',
    check: { check: 'between', min: '-9223372036854775808', max: '9007199254740993' },
    good: ['-9223372036854775808', '9007199254740993'],
    bad: ['9007199254740994'],
  },
  { storage: 'text', check: { check: 'length', min: 1, max: 2 }, good: ['a', '😀😀'], bad: ['', '😀😀😀'] },
  { storage: 'text', check: { check: 'in', values: ["it's", 'b'] }, good: ["it's", 'b'], bad: ['B', 'its'] },
  { storage: 'text', check: { check: 'json' }, good: ['{"a":1}', '[]'], bad: ['{', 'nul'] },
  { storage: 'date', check: { check: 'date' }, good: ['2024-02-29'], bad: ['2025-02-29', 'x'] },
]

const of = 'orders'
const low = { column: 'low', of }
const high = { column: 'high', of }
const expressions: readonly { expr: Expr; good: [Stored, Stored]; bad: [Stored, Stored] }[] = [
  { expr: { op: 'lt', left: low, right: high }, good: [1, 2], bad: [2, 2] },
  { expr: { op: 'lte', left: low, right: { value: 3 } }, good: [3, 0], bad: [4, 0] },
  { expr: { op: 'not', part: { op: 'is', left: low, right: { value: 3 } } }, good: [2, 0], bad: [3, 0] },
  { expr: { op: 'in', left: low, values: [1, 2] }, good: [2, 0], bad: [3, 0] },
  {
    expr: {
      op: 'or',
      parts: [
        { op: 'isNull', left: low },
        { op: 'gt', left: high, right: { value: 0 } },
      ],
    },
    good: [null, 0],
    bad: [1, 0],
  },
  { expr: { op: 'and', parts: [{ op: 'gte', left: low, right: { value: 0 } }] }, good: [0, 0], bad: [-1, 0] },
]

for (const { name, skip, open } of testEngines) {
  describe(`checks on ${name}`, { skip }, async () => {
    const { engine, empty, close } = await open()
    after(close)
    beforeEach(empty)
    const { dialect } = engine

    test('limits of a column hold at both bounds, and null passes', async () => {
      for (const { storage, check, good, bad } of cases) {
        await empty()
        const columns = [id, column('value', storage)]
        await applyDirectly(engine, {
          tables: [{ ...rest, name: 't', columns, checks: [{ name: 't_1a', on: { column: 'value', check } }] }],
        })
        const insert = (value: Stored, n: number): Promise<void> =>
          engine.script([`insert into "t" values ('${rowId(n)}', ${literal(value, storage, dialect)})`])

        for (const [n, value] of [...good, null].entries()) await insert(value, n)
        for (const value of bad) await rejects(insert(value, 99), StoreError, `${check.check} let ${value} pass`)
      }
    })

    test('expressions across columns refuse what they say', async () => {
      for (const { expr, good, bad } of expressions) {
        await empty()
        const columns = [id, column('low', 'int'), column('high', 'int')]
        const checks = [{ name: 't_1a', on: { expr } }]
        await applyDirectly(engine, { tables: [{ ...rest, name: 't', columns, checks }] })
        const insert = ([one, other]: [Stored, Stored], n: number): Promise<void> =>
          engine.script([`insert into "t" values ('${rowId(n)}', ${one}, ${other})`])

        await insert(good, 1)
        await rejects(insert(bad, 2), (error: unknown) => error instanceof StoreError && error.failure === 'check')
      }
    })
  })
}

test('what engines or callers decide is no check', () => {
  const dialect = sqliteDialect
  const table: Table = { ...rest, name: 't', columns: [id], checks: [] }
  const sql = (expr: Expr): string => conditionSql(table, { name: 't_1a', on: { expr } }, dialect)
  const own = { column: 'id', of }

  throws(() => sql({ op: 'exists', resource: 'x', alias: 'x', where: { op: 'isNull', left: own } }), TypeError)
  throws(() => sql({ op: 'is', left: own, right: { caller: 'id' } }), TypeError)
  throws(() => sql({ op: 'isNull', left: { column: 'nothing', of } }), TypeError)
  throws(() => sql({ op: 'is', left: own, right: { value: new Date(0) } }), TypeError)
})

test('names and texts cannot leave their quotes', () => {
  deepEqual(quoted('a"b'), '"a""b"')
  deepEqual(literal("'; drop", 'text', sqliteDialect), "'''; drop'")
  throws(() => literal('1; drop', 'int', sqliteDialect))
  throws(() => literal('a\0b', 'text', sqliteDialect))
  throws(() => quoted(''))
})
