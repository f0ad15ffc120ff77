// How a noun's row lies in its table: the columns in order, and the ways from stored values to wire and server values.
import { columnOf, type Noun, type NounField, type NounItems } from '../define/noun.ts'
import type { Place, Storage, Stored } from '../define/field.ts'
import type { Dialect } from './contract.ts'

/** A row as both engines give it: one stored value a column, in the layout's order. */
export type StoredRow = readonly Stored[]

export interface LayoutColumn {
  readonly name: string
  readonly column: string
  readonly storage: Storage
  /** Undefined for the columns every row has. */
  readonly field: NounField | undefined
}

export interface Layout {
  readonly table: string
  readonly columns: readonly LayoutColumn[]
  readonly reads: readonly Storage[]
  /** Position of a column by the field's name. */
  readonly at: ReadonlyMap<string, number>
}

const meta = (name: string, column: string, storage: Storage): LayoutColumn => ({
  name,
  column,
  storage,
  field: undefined,
})

/** id, the fields, createdAt, updatedAt, version. */
export function layoutOf(noun: Noun): Layout {
  return makeLayout(noun.table, [
    meta('id', 'id', 'uuid'),
    ...noun.fields.map(fieldColumn),
    meta('createdAt', 'created_at', 'instant'),
    meta('updatedAt', 'updated_at', 'instant'),
    meta('version', 'version', 'int'),
  ])
}

/** id, parent, position, the tenant where references carry it, the fields of one item. */
export function itemsLayoutOf(items: NounItems): Layout {
  return makeLayout(items.table, [
    meta('id', 'id', 'uuid'),
    meta('parent', 'parent', 'uuid'),
    meta('position', 'position', 'int'),
    ...(items.tenant === undefined ? [] : [meta(items.tenant, columnOf(items.tenant), 'uuid')]),
    ...items.fields.map(fieldColumn),
  ])
}

function fieldColumn(field: NounField): LayoutColumn {
  const { storage } = field.field.kind
  if (field.column === undefined || storage === undefined) throw new TypeError(`"${field.name}" has no column`)
  return { name: field.name, column: field.column, storage, field }
}

function makeLayout(table: string, columns: readonly LayoutColumn[]): Layout {
  return Object.freeze({
    table,
    columns,
    reads: columns.map((column) => column.storage),
    at: new Map(columns.map((column, index) => [column.name, index])),
  })
}

export const quote = (name: string): string => `"${name}"`

/** The select list of a layout; `from` is the alias of the table. */
export function selectList(layout: Layout, dialect: Dialect, from: string): string {
  return layout.columns.map(({ column, storage }) => dialect.read(`${from}.${quote(column)}`, storage)).join(', ')
}

/** The list of a `returning`: bare names, since SQLite does not know the table's alias there. */
export function returningList(layout: Layout, dialect: Dialect): string {
  return layout.columns.map(({ column, storage }) => dialect.read(quote(column), storage)).join(', ')
}

/** The stored value of a column by name. */
export function valueAt(layout: Layout, row: StoredRow, name: string): Stored {
  const index = layout.at.get(name)
  if (index === undefined) throw new TypeError(`${layout.table} has no column for "${name}"`)
  return row[index] ?? null
}

/** Opens and seals the values of `secret` fields. */
export type Sealing = Pick<Place, 'seal' | 'open'>

/** A stored row as server code reads it: an object of server values. */
export function serverValues(layout: Layout, row: StoredRow, sealing: Sealing): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  const id = String(row[0])
  layout.columns.forEach(({ name, column, storage, field }, index) => {
    const stored = row[index] ?? null
    if (field === undefined) made[name] = storage === 'instant' ? new Date(String(stored)) : stored
    else
      made[name] =
        stored === null ? null : field.field.kind.toValue(stored, { table: layout.table, column, row: id, ...sealing })
  })
  return made
}

/** A server value as its column stores it. */
export function storedValue(layout: Layout, at: number, value: unknown, id: string, sealing: Sealing): Stored {
  const { column, field, storage } = layout.columns[at]!
  if (value === null || value === undefined) return null
  if (field === undefined)
    return storage === 'instant' && value instanceof Date ? value.toISOString() : (value as Stored) // id, version
  return field.field.kind.toStored(value, { table: layout.table, column, row: id, ...sealing })
}
