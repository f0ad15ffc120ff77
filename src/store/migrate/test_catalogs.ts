// Random small catalogs, rows for them, and the form in which two catalogs are compared.
import fc from 'fast-check'
import type { Storage, Stored } from '../../define/field.ts'
import type { Catalog, Column, ForeignKey, Index, Table, TableCheck } from '../catalog.ts'

// A column's name says its class, so that two random catalogs agree on it: changes of type are tested apart.
const columns: readonly (readonly [string, Storage, Stored])[] = [
  ['amount', 'int', 7],
  ['title', 'text', "it's"],
  ['big', 'wide', '9007199254740993'],
  ['done', 'bool', true],
  ['due', 'date', '2025-02-28'],
  ['made', 'instant', '2025-01-02T03:04:05.678Z'],
  ['ref', 'uuid', null],
]

const id: Column = { name: 'id', storage: 'uuid', nullable: false, default: undefined }
const tableNames = ['alpha', 'beta', 'gamma']

const column = ([name, storage, value]: (typeof columns)[number]): fc.Arbitrary<Column> =>
  fc.record({ nullable: fc.boolean(), isDefault: fc.boolean() }).map(({ nullable, isDefault }) => ({
    name,
    storage,
    nullable: nullable || name === 'ref',
    default: isDefault && value !== null ? value : undefined,
  }))

const table = (name: string): fc.Arbitrary<Table> =>
  fc
    .record({
      columns: fc.subarray([...columns]).chain((some) => fc.tuple(...some.map(column))),
      coins: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
      target: fc.constantFrom(...tableNames),
      onDelete: fc.constantFrom('restrict', 'cascade', 'set null'),
      limit: fc.constantFrom(1_000, 2_000),
    })
    .map(({ columns: made, coins, target, onDelete, limit }) => {
      const tossed = coins.values()
      const chance = (): boolean => tossed.next().value === true
      const names = made.map((one) => one.name)
      const indexes = names.filter(chance).map((one): Index => ({ name: `${name}_${one}_idx`, columns: [one, 'id'] }))
      const uniques = names.filter(chance).map((one): Index => ({ name: `${name}_${one}_key`, columns: ['id', one] }))
      const key: ForeignKey = { name: `${name}_ref_fkey`, columns: ['ref'], target, targetColumns: ['id'], onDelete }
      const checks: TableCheck[] = names.includes('amount') && chance() ? [between(name, limit)] : []
      const foreignKeys = names.includes('ref') && chance() ? [key] : []
      return { name, columns: [id, ...made], primaryKey: ['id'], indexes, uniques, foreignKeys, checks }
    })

const between = (name: string, max: number): TableCheck => ({
  name: `${name}_amount_${max}a`,
  on: { column: 'amount', check: { check: 'between', min: 0, max } },
})

/** One to three tables that may refer to each other. */
export const catalogs: fc.Arbitrary<Catalog> = fc
  .subarray(tableNames, { minLength: 1 })
  .chain((names) => fc.tuple(...names.map(table)))
  .map((tables) => {
    const there = new Set(tables.map((one) => one.name))
    return {
      tables: tables.map((one) => ({ ...one, foreignKeys: one.foreignKeys.filter((key) => there.has(key.target)) })),
    }
  })

/** The second catalog with columns renamed that only the first has under the old name: `amount` becomes `price`. */
export function withRename(after: Catalog, before: Catalog): Catalog {
  return {
    tables: after.tables.map((one) => {
      const old = before.tables.find((other) => other.name === one.name)?.columns.find(({ name }) => name === 'amount')
      if (old === undefined || one.columns.some(({ name }) => name === 'amount')) return one
      const price: Column = {
        name: 'price',
        storage: 'int',
        nullable: old.nullable,
        default: old.default,
        was: 'amount',
      }
      const index: Index = { name: `${one.name}_price_idx`, columns: ['price', 'id'] }
      return { ...one, columns: [...one.columns, price], indexes: [...one.indexes, index] }
    }),
  }
}

/** A value for every required column, for rows that are there. */
export function fillFor(catalog: Catalog): Record<string, string | number | boolean> {
  const fill: Record<string, string | number | boolean> = {}
  for (const { name: tableName } of catalog.tables) {
    for (const [name, , value] of columns) if (value !== null) fill[`${tableName}.${name}`] = value
  }
  return fill
}

export const rowId = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

/** Statements that put rows into every table: even ones full, odd ones with nulls where nulls may be. */
export function insertRows(catalog: Catalog, count: number): string[] {
  return catalog.tables.flatMap((one) =>
    Array.from({ length: count }, (_, n) => {
      const values = one.columns.map((column) => valueIn(column, n))
      const names = one.columns.map(({ name }) => `"${name}"`).join(', ')
      return `insert into "${one.name}" (${names}) values (${values.join(', ')})`
    }),
  )
}

function valueIn(column: Column, n: number): string {
  if (column.name === 'id') return `'${rowId(n)}'`
  const [, storage, value] = columns.find(([name]) => name === column.name) ?? ['', 'text', null]
  if (column.name === 'ref' || (column.nullable && n % 2 === 1)) return 'null'
  if (storage === 'int') return String(n)
  if (storage === 'bool') return n % 4 === 0 ? '(1 = 1)' : '(1 = 0)'
  return storage === 'wide' ? String(value) : `'${String(value).replaceAll("'", "''")}'`
}

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : 1

// PostgreSQL keeps both classes of integer alike, and gives back the narrower one.
const comparableColumn = ({ name, storage, nullable, default: value }: Column): unknown => [
  name,
  storage === 'wide' ? 'int' : storage,
  nullable,
  typeof value === 'number' ? String(value) : (value ?? null),
]

/** A catalog without what two equal databases may differ in: order, and the engine's own spelling of checks. */
export function comparable(catalog: Catalog): unknown {
  const tables = catalog.tables.filter(({ name }) => !name.startsWith('_plinth_'))
  return [...tables].toSorted(byName).map((one) => ({
    name: one.name,
    primaryKey: one.primaryKey,
    columns: [...one.columns].toSorted(byName).map(comparableColumn),
    uniques: [...one.uniques].toSorted(byName),
    indexes: [...one.indexes].toSorted(byName),
    foreignKeys: [...one.foreignKeys].toSorted(byName),
    checks: one.checks.map(({ name }) => name).toSorted(),
  }))
}
