// The tables that one `tx.sql` knows: each noun passed, and its items, with what each column holds.
import type { AnyResource } from '../../define/resource.ts'
import type { Storage } from '../../define/field.ts'
import type { Layout, LayoutColumn } from '../../store/layout.ts'
import type { RowStore } from '../../store/row_store.ts'
import { type House, storeOf } from '../house.ts'

/** How a value of a column is read: by its class, or as the JSON that a text holds. */
export type Cell = Storage | 'json'

export interface SqlColumn {
  readonly name: string
  readonly cell: Cell
}

export interface SqlTable {
  /** The table's name in the database. */
  readonly table: string
  readonly columns: readonly SqlColumn[]
  readonly rows: RowStore
  /** Fields that only the verbs can write, because they keep more than one column of them true. */
  readonly kept: ReadonlySet<string>
  /** True for a noun's own rows, which have times and a version; false for items. */
  readonly counted: boolean
}

export type SqlTables = ReadonlyMap<string, SqlTable>

/** The tables by the names that queries use. Fails with TypeError for a noun that is not among the app's parts. */
export function sqlTables(house: House, nouns: Readonly<Record<string, AnyResource>>): SqlTables {
  const tables = new Map<string, SqlTable>()
  for (const [name, noun] of Object.entries(nouns)) {
    const rows = storeOf(house, noun.name)
    tables.set(name, tableOf(rows, rows.layout, rows.noun.search, true))
    for (const { items, layout } of rows.items) tables.set(`${name}_${items.name}`, tableOf(rows, layout, [], false))
  }
  return tables
}

function tableOf(rows: RowStore, layout: Layout, searched: readonly string[], counted: boolean): SqlTable {
  const folded = layout.columns.filter(({ field }) => field?.keyColumn !== undefined).map(({ name }) => name)
  const columns = layout.columns
    .filter((column) => !isSealed(column))
    .map((column) => ({ name: column.name, cell: cellOf(column) }))
  return { table: layout.table, columns, rows, kept: new Set([...searched, ...folded]), counted }
}

const isJson = ({ field }: LayoutColumn): boolean =>
  field?.field.kind.checks.some(({ check }) => check === 'json') ?? false

// What cannot be compared and is no JSON is sealed.
function isSealed(column: LayoutColumn): boolean {
  return column.field?.field.kind.operators.length === 0 && !isJson(column)
}

const cellOf = (column: LayoutColumn): Cell => (isJson(column) ? 'json' : column.storage)
