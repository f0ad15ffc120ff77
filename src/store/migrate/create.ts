// Tables from nothing: what a fresh database is given, and the pieces that later changes are made of.
import type { Catalog, Column, ForeignKey, Index, Table, TableCheck } from '../catalog.ts'
import type { Dialect, Facts } from '../contract.ts'
import { conditionSql } from './condition.ts'
import { literal, quoted, quotedList } from './literal.ts'
import { functionStatements, securityStatements } from './row_security.ts'

/** How one engine spells tables: its dialect, and its facts. */
export interface Spelling {
  readonly dialect: Dialect
  readonly facts: Facts
}

/** Every statement that makes the tables of a catalog in an empty database, in order. */
export function createStatements(catalog: Catalog, dialect: Dialect, facts: Facts): string[] {
  const spelling = { dialect, facts }
  const { tables } = catalog
  return [
    ...tables.map((table) => createTable(table, spelling)),
    ...tables.flatMap((table) => createIndexes(table, spelling)),
    // Tables may refer to one another in a circle, and to unique indexes made above.
    ...(facts.manyProcesses
      ? tables.flatMap((table) => table.foreignKeys.map((key) => addForeignKey(table, key)))
      : []),
    ...functionStatements(catalog, spelling),
    ...tables.flatMap((table) => securityStatements(table, spelling)),
  ]
}

/** `create table`, with its checks; foreign keys inside it only where they cannot be added later. */
export function createTable(table: Table, spelling: Spelling, name = table.name): string {
  const parts = [
    ...table.columns.map((column) => columnSql(column, spelling)),
    ...primaryKeySql(table),
    ...(spelling.facts.manyProcesses ? [] : table.foreignKeys.flatMap(insideTable)),
    ...table.checks.map((check) => checkSql(table, check, spelling)),
  ]
  return `create table ${quoted(name)} (\n  ${parts.join(',\n  ')}\n)${tableOptions(table, spelling)}`
}

/** Indexes and unique indexes of a table. */
export function createIndexes(table: Table, spelling: Spelling): string[] {
  return [
    ...table.uniques.map((index) => createIndex(table, index, true, spelling)),
    ...table.indexes.map((index) => createIndex(table, index, false, spelling)),
  ]
}

/** `create [unique] index`; `how` is `concurrently` where writers go on meanwhile. */
export function createIndex(table: Table, index: Index, unique: boolean, spelling: Spelling, how = ''): string {
  const columns = index.columns.map((name) => indexColumn(table, name, spelling)).join(', ')
  const kind = unique ? 'create unique index' : 'create index'
  return `${kind} ${how}${quoted(index.name)} on ${quoted(table.name)} (${columns})`
}

/** A column as `create table` and `add column` write it. */
export function columnSql(column: Column, { dialect }: Spelling): string {
  const type = dialect.columnType(column.storage)
  const given = column.default === undefined || column.default === null
  const value = given ? '' : ` default ${literal(column.default ?? null, column.storage, dialect)}`
  return `${quoted(column.name)} ${type}${column.nullable ? '' : ' not null'}${value}`
}

/**
 * Foreign keys inside `create table`. SQLite clears all columns of a key or none, and a tenant is never null: so one
 * key refuses what is of another tenant, and beside it one of the reference alone clears it.
 */
function insideTable(key: ForeignKey): string[] {
  if (!clearsItsLast(key)) return [foreignKeySql(key)]
  const clearing = { columns: key.columns.slice(-1), targetColumns: key.targetColumns.slice(-1) }
  return [
    `constraint ${quoted(key.name)} foreign key (${quotedList(key.columns)}) ` +
      `references ${quoted(key.target)} (${quotedList(key.targetColumns)})`,
    foreignKeySql({ ...key, ...clearing, name: `${key.name}${clearingSuffix}` }),
  ]
}

/** What the second of the two is named by, after the first. */
export const clearingSuffix = '_clear'

/** A key with the tenant in front whose reference becomes null: the tenant stays. */
const clearsItsLast = ({ columns, onDelete }: ForeignKey): boolean => onDelete === 'set null' && columns.length > 1

/** A named foreign key as a table's constraint. */
export const foreignKeySql = (key: ForeignKey): string =>
  `constraint ${quoted(key.name)} foreign key (${quotedList(key.columns)}) ${references(key)}`

/** A named foreign key as a part of its one column. */
export const referenceSql = (key: ForeignKey): string => `constraint ${quoted(key.name)} ${references(key)}`

const references = (key: ForeignKey): string =>
  `references ${quoted(key.target)} (${quotedList(key.targetColumns)}) on delete ${key.onDelete}` +
  (clearsItsLast(key) ? ` (${quotedList(key.columns.slice(-1))})` : '')

/** Adds a foreign key to a table that is there; `how` is `not valid` where rows are checked in a step of their own. */
export const addForeignKey = (table: Table, key: ForeignKey, how = ''): string =>
  `alter table ${quoted(table.name)} add ${foreignKeySql(key)}${how}`

/** A named check as a table's constraint. */
export function checkSql(table: Table, check: TableCheck, { dialect }: Spelling): string {
  return `constraint ${quoted(check.name)} check (${conditionSql(table, check, dialect)})`
}

function primaryKeySql(table: Table): string[] {
  if (table.primaryKey.length === 0) return []
  return [`constraint ${quoted(`${table.name}_pkey`)} primary key (${quotedList(table.primaryKey)})`]
}

// Sorts say `nulls first` for columns that may be null, so that both engines agree; the index must say the same.
function indexColumn(table: Table, name: string, { facts }: Spelling): string {
  const column = table.columns.find((one) => one.name === name)
  return facts.manyProcesses && column?.nullable === true ? `${quoted(name)} nulls first` : quoted(name)
}

// STRICT makes SQLite refuse a value of another type. WITHOUT ROWID keeps the rows in the order of their own key.
function tableOptions(table: Table, { facts }: Spelling): string {
  if (facts.manyProcesses) return ''
  return table.primaryKey.length === 0 ? ' strict' : ' strict, without rowid'
}
