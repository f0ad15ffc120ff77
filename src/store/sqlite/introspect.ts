// Reads the tables that are there, as a catalog.
import type { DatabaseSync } from 'node:sqlite'
import type { Storage, Stored } from '../../define/field.ts'
import type { Catalog, Column, ForeignKey, Index, Table } from '../catalog.ts'
import { clearingSuffix } from '../migrate/create.ts'
import { readCreateTable, type CreateTable } from './create_sql.ts'

type Row = Readonly<Record<string, unknown>>

/** Name of the unique index, or of the primary key, over exactly these columns; undefined where it has none. */
export function uniqueName(database: DatabaseSync, name: string, columns: readonly string[]): string | undefined {
  const uniques = ask(database, `select name from pragma_index_list(?) where "unique" = 1 and origin <> 'pk'`, name)
  const indexes = uniques.flatMap((row) => index(database, text(row, 'name')))
  const found = indexes.find((one) => one.columns.join() === columns.join())
  if (found !== undefined) return found.name
  const created = ask(database, `select sql from sqlite_schema where type = 'table' and name = ?`, name)[0]
  return created === undefined ? undefined : readCreateTable(text(created, 'sql')).primaryKey
}

/** The ordinary tables, by name. Views, virtual tables and their shadows are nobody's model. */
export function introspect(database: DatabaseSync): Catalog {
  const rows = ask(
    database,
    `select l.name, s.sql
       from pragma_table_list as l
       join sqlite_schema as s on s.name = l.name and s.type = 'table'
      where l.schema = 'main' and l.type = 'table' and l.name not like 'sqlite\\_%' escape '\\'
      order by l.name`,
  )
  return { tables: rows.map((row) => table(database, text(row, 'name'), readCreateTable(text(row, 'sql')))) }
}

function table(database: DatabaseSync, name: string, created: CreateTable): Table {
  const columns = ask(database, 'select * from pragma_table_xinfo(?) where hidden = 0 order by cid', name)
  const indexes = ask(database, `select * from pragma_index_list(?) where origin <> 'pk' order by name`, name)
  const ordinary = indexes.filter((row) => row['partial'] === 0)
  const keyed = columns.filter((row) => number(row, 'pk') > 0).toSorted((a, b) => number(a, 'pk') - number(b, 'pk'))
  return {
    name,
    columns: columns.map((row) => column(row, created)),
    primaryKey: keyed.map((row) => text(row, 'name')),
    uniques: ordinary.filter((row) => row['unique'] === 1).flatMap((row) => index(database, text(row, 'name'))),
    indexes: ordinary.filter((row) => row['unique'] === 0).flatMap((row) => index(database, text(row, 'name'))),
    foreignKeys: foreignKeys(database, name, created),
    checks: created.checks.map((check) => ({ name: check.name, on: { sql: check.sql } })).toSorted(byName),
  }
}

function column(row: Row, created: CreateTable): Column {
  const name = text(row, 'name')
  const type = text(row, 'type').toLowerCase()
  const storage = storageOf(type, created.marks.get(name))
  // A primary key of a STRICT table WITHOUT ROWID is not null whether or not the text says so.
  const nullable = row['notnull'] === 0 && row['pk'] === 0
  const column = { name, storage, nullable, default: defaultOf(row['dflt_value'], storage) }
  return type === 'text' || type === 'integer' ? column : { ...column, type }
}

const MARKED: Readonly<Record<string, Storage>> = {
  uuid: 'uuid',
  wide: 'wide',
  bool: 'bool',
  instant: 'instant',
  date: 'date',
}

function storageOf(type: string, mark: string | undefined): Storage {
  const marked = mark === undefined ? undefined : MARKED[mark]
  if (marked !== undefined) return marked
  return type.includes('int') ? 'int' : 'text'
}

// A default is kept as it was written: a literal. Anything else (an expression, made by hand) is none of ours.
function defaultOf(written: unknown, storage: Storage): Stored | undefined {
  if (typeof written !== 'string') return undefined
  const quoted = /^'((?:[^']|'')*)'$/su.exec(written)?.[1]?.replaceAll("''", "'")
  if (quoted !== undefined) return quoted
  if (storage === 'bool') return written === '1' || /^true$/iu.test(written)
  if (!/^-?\d+$/u.test(written)) return undefined
  return storage === 'wide' ? written : Number(written)
}

function index(database: DatabaseSync, name: string): Index[] {
  const columns = ask(database, 'select name from pragma_index_info(?) order by seqno', name).map((row) => row['name'])
  // An index over expressions was made by hand: the model has no word for it.
  return columns.every((column) => typeof column === 'string') ? [{ name, columns }] : []
}

function foreignKeys(database: DatabaseSync, name: string, created: CreateTable): ForeignKey[] {
  const found = new Map<number, Row[]>()
  for (const row of ask(database, 'select * from pragma_foreign_key_list(?) order by id, seq', name)) {
    const id = number(row, 'id')
    found.set(id, [...(found.get(id) ?? []), row])
  }
  return joined([...found.values()].map((rows) => foreignKey(rows, created))).toSorted(byName)
}

// A key that carries the tenant and clears its reference is two in the table: see `migrate/create.ts`.
function joined(keys: readonly ForeignKey[]): ForeignKey[] {
  const clearing = new Set(keys.map(({ name }) => name).filter((name) => name.endsWith(clearingSuffix)))
  const clears = ({ name }: ForeignKey): boolean => clearing.has(`${name}${clearingSuffix}`)
  return keys
    .filter(({ name }) => !clearing.has(name))
    .map((key) => (clears(key) ? { ...key, onDelete: 'set null' as const } : key))
}

function foreignKey(rows: readonly Row[], created: CreateTable): ForeignKey {
  const columns = rows.map((row) => text(row, 'from'))
  const rule = String(rows[0]?.['on_delete']).toLowerCase()
  return {
    name: created.foreignKeys.get(columns.join(',')) ?? '',
    columns,
    target: String(rows[0]?.['table']),
    targetColumns: rows.map((row) => text(row, 'to')),
    onDelete: rule === 'cascade' || rule === 'set null' ? rule : 'restrict',
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : Number(a.name > b.name)

const ask = (database: DatabaseSync, sql: string, ...values: string[]): Row[] => database.prepare(sql).all(...values)

function text(row: Row, key: string): string {
  const value = row[key]
  if (typeof value !== 'string') throw new TypeError(`the catalog has no ${key}`)
  return value
}

function number(row: Row, key: string): number {
  const value = row[key]
  if (typeof value !== 'number') throw new TypeError(`the catalog has no ${key}`)
  return value
}
