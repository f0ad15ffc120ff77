// A declared rename carried through a set of tables, as an engine does that follows the name into keys and indexes.
import type { Catalog, Column, Table } from '../catalog.ts'
import type { Change } from './diff.ts'

export type Rename = Extract<Change, { what: 'rename column' }>

/** The tables as they are after the columns took their new names; types, defaults and nullability stay. */
export function renamed(catalog: Catalog, renames: readonly Rename[]): Catalog {
  return { ...catalog, tables: catalog.tables.map((table) => renamedIn(table, renames)) }
}

function renamedIn(table: Table, renames: readonly Rename[]): Table {
  const own = namesIn(table.name, renames)
  const columns = (names: readonly string[]): string[] => names.map((name) => own.get(name) ?? name)
  return {
    ...table,
    columns: table.columns.map((column): Column => ({ ...column, name: own.get(column.name) ?? column.name })),
    primaryKey: columns(table.primaryKey),
    uniques: table.uniques.map((index) => ({ ...index, columns: columns(index.columns) })),
    indexes: table.indexes.map((index) => ({ ...index, columns: columns(index.columns) })),
    checks: table.checks.map((check) =>
      'sql' in check.on ? { ...check, on: { sql: renamedText(check.on.sql, own) } } : check,
    ),
    foreignKeys: table.foreignKeys.map((key) => {
      const target = namesIn(key.target, renames)
      return {
        ...key,
        columns: columns(key.columns),
        targetColumns: key.targetColumns.map((name) => target.get(name) ?? name),
      }
    }),
  }
}

// The engine gives conditions as text: names stand there in double quotes, and texts in single quotes are left alone.
const renamedText = (sql: string, names: ReadonlyMap<string, string>): string =>
  sql.replaceAll(/'(?:[^']|'')*'|"((?:[^"]|"")*)"/g, (found, name?: string) => {
    const after = name === undefined ? undefined : names.get(name)
    return after === undefined ? found : `"${after}"`
  })

const namesIn = (table: string, renames: readonly Rename[]): ReadonlyMap<string, string> =>
  new Map(renames.filter((one) => one.table === table).map((one) => [one.before.name, one.after.name]))
