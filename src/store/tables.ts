// The tables a model asks for, in normal form: keys, references, constraints, and an index for every sort of lists.
import type { ColumnCheck, Storage } from '../define/field.ts'
import type { Model } from '../define/model.ts'
import { columnOf, type Noun, type NounField, type NounItems } from '../define/noun.ts'
import type { Expr } from '../define/predicate.ts'
import type { Catalog, Column, ForeignKey, Index, Table, TableCheck } from './catalog.ts'
import { storedExpr } from './check_expr.ts'
import { type Layout, itemsLayoutOf, layoutOf } from './layout.ts'
import { storedDefault } from './stored_default.ts'

/** Every table of the model, parents before children where references allow it. */
export function tablesOf(model: Model): Catalog {
  return { tables: [...model.nouns.values()].flatMap((noun) => nounTables(noun, model)) }
}

function nounTables(noun: Noun, model: Model): Table[] {
  return [rowTable(noun, model), ...noun.items.map((items) => itemsTable(noun, items, model)), ...wordTables(noun)]
}

function rowTable(noun: Noun, model: Model): Table {
  const layout = layoutOf(noun)
  const tenant = tenantColumn(noun)
  return {
    name: noun.table,
    columns: [...columnsOf(layout), ...noun.fields.flatMap(keyColumn)],
    primaryKey: ['id'],
    uniques: uniquesOf(noun, tenant),
    indexes: indexesOf(noun),
    foreignKeys: noun.fields.flatMap((field) => foreignKey(noun.table, field, model, tenant)),
    checks: [
      ...fieldChecks(noun.table, noun.fields),
      ...noun.checks.map(({ name, expr }) => crossCheck(noun, name, expr)),
    ],
  }
}

function itemsTable(noun: Noun, items: NounItems, model: Model): Table {
  const refs = items.fields.filter((field) => field.field.to !== undefined)
  const tenant = items.tenant === undefined ? undefined : columnOf(items.tenant)
  return {
    name: items.table,
    columns: [...columnsOf(itemsLayoutOf(items)), ...items.fields.flatMap(keyColumn)].map((one) =>
      items.tenant === undefined ? one : inTenant(noun, one),
    ),
    primaryKey: ['id'],
    uniques: [index(items.table, ['parent', 'position'], 'key')],
    indexes: refs.map((field) => index(items.table, [...lead(tenant, [field.column ?? '']), 'id'], 'idx')),
    foreignKeys: [
      toRow(items.table, 'parent', noun, tenant),
      ...refs.flatMap((field) => foreignKey(items.table, field, model, tenant)),
    ],
    checks: fieldChecks(items.table, items.fields),
  }
}

/** The table of words that `q` asks: equality and ranges only, so that both engines and row security can use it. */
function wordTables(noun: Noun): Table[] {
  if (noun.search.length === 0) return []
  const name = wordsTable(noun)
  const tenant = tenantColumn(noun)
  const columns = wordColumns(noun)
  return [
    {
      name,
      columns: columns
        .map(({ column, storage }) => ({ name: column, storage, nullable: false, default: undefined }))
        .map((one) => inTenant(noun, one)),
      primaryKey: ['word', 'row'],
      uniques: [],
      indexes: [
        index(name, ['row', 'word'], 'idx'),
        // Beside the key, not in its place: a resource may get its tenant later, and a key can not be changed.
        ...(tenant === undefined ? [] : [index(name, [tenant, 'word', 'row'], 'idx')]),
      ],
      foreignKeys: [toRow(name, 'row', noun, tenant)],
      checks: [],
    },
  ]
}

/** The tenant's column of what hangs on a row: where the row has a default (for rows of before), so has this. */
function inTenant(noun: Noun, column: Column): Column {
  const field = noun.fields.find(({ name }) => name === noun.tenant)
  return field === undefined || column.name !== field.column ? column : { ...column, default: storedDefault(field) }
}

/** The columns of the table of words. */
export const wordColumns = (noun: Noun): readonly { readonly column: string; readonly storage: Storage }[] => [
  ...(noun.tenant === undefined ? [] : [{ column: columnOf(noun.tenant), storage: 'uuid' as const }]),
  { column: 'word', storage: 'text' },
  { column: 'row', storage: 'uuid' },
]

/** The key of what hangs on a row: it is of the row's tenant, and goes with the row. */
function toRow(table: string, column: string, noun: Noun, tenant: string | undefined): ForeignKey {
  return {
    name: shorten(`${table}_${column}_fkey`),
    columns: tenant === undefined ? [column] : [tenant, column],
    target: noun.table,
    targetColumns: tenant === undefined ? ['id'] : [tenant, 'id'],
    onDelete: 'cascade',
  }
}

export const wordsTable = (noun: Noun): string => `${noun.table}__words`
/** The tenant's column; undefined for a resource without one. */
export const tenantColumn = (noun: Noun): string | undefined =>
  noun.tenant === undefined ? undefined : columnOf(noun.tenant)

function columnsOf(layout: Layout): Column[] {
  return layout.columns.map(({ name, column, storage, field }) => ({
    name: column,
    storage,
    nullable: field?.field.options.optional === true,
    default: name === 'version' ? 1 : field && storedDefault(field),
  }))
}

function keyColumn(field: NounField): Column[] {
  if (field.keyColumn === undefined) return []
  return [
    { name: field.keyColumn, storage: 'text', nullable: field.field.options.optional === true, default: undefined },
  ]
}

// ---- keys and indexes

/** The column comparisons use: the folded one where case is ignored. */
export function comparedColumn(noun: Noun, name: string): string {
  const field = noun.fields.find((one) => one.name === name)
  return field?.keyColumn ?? field?.column ?? columnOf(name)
}

function uniquesOf(noun: Noun, tenant: string | undefined): Index[] {
  const keys = noun.uniques.map((names) =>
    lead(
      tenant,
      names.map((name) => comparedColumn(noun, name)),
    ),
  )
  // References that carry the tenant point at (tenant, id), so that no row can refer to another tenant's.
  const forReferences = tenant === undefined ? [] : [[tenant, 'id']]
  return distinct([...keys, ...forReferences]).map((columns) => index(noun.table, columns, 'key'))
}

const lead = (tenant: string | undefined, columns: readonly string[]): readonly string[] =>
  tenant === undefined || columns.includes(tenant) ? columns : [tenant, ...columns]

/** Columns of every index of the noun's table, id last: what the planner of pages may count on. */
export function indexColumnsOf(noun: Noun): readonly (readonly string[])[] {
  const tenant = tenantColumn(noun)
  const sorts = noun.sorts.map(({ keys }) => keys.map((key) => comparedColumn(noun, key)))
  const leads = noun.allow.list.rows.map((expr) => leadingColumn(noun, expr))
  const open = noun.allow.list.callers.length > 0 || leads.includes(undefined)
  const rules = leads.filter((column) => column !== undefined)
  const references = noun.fields.filter((field) => field.field.to !== undefined).map((field) => [field.column ?? ''])
  const declared = noun.indexes.map((names) => names.map((name) => comparedColumn(noun, name)))
  const wanted = [
    ...(open ? sorts : []),
    ...rules.flatMap((column) => sorts.map((keys) => [column, ...keys])),
    ...references,
    ...declared,
  ]
  return distinct(
    wanted.map((columns) => [
      ...lead(
        tenant,
        columns.filter((one) => one !== 'id'),
      ),
      'id',
    ]),
  )
}

function indexesOf(noun: Noun): Index[] {
  // The primary key serves the sort by id alone.
  const columns = indexColumnsOf(noun).filter((one) => one.length > 1)
  return columns.map((one) => index(noun.table, one, 'idx'))
}

/** The column that a rule's expression holds equal to a fact of the caller, so that an index can lead with it. */
export function leadingColumn(noun: Noun, expr: Expr): string | undefined {
  if (expr.op === 'and')
    return expr.parts.map((part) => leadingColumn(noun, part)).find((column) => column !== undefined)
  if (expr.op !== 'is' || !('column' in expr.left) || expr.left.of !== noun.name) return undefined
  if (!('caller' in expr.right) || expr.left.column === noun.tenant) return undefined
  return comparedColumn(noun, expr.left.column)
}

function distinct(lists: readonly (readonly string[])[]): (readonly string[])[] {
  return [...new Map(lists.map((columns) => [columns.join(), columns])).values()]
}

function index(table: string, columns: readonly string[], suffix: 'key' | 'idx'): Index {
  return { name: shorten(`${table}_${columns.join('_')}_${suffix}`), columns }
}

// ---- references

function foreignKey(table: string, field: NounField, model: Model, tenant: string | undefined): ForeignKey[] {
  const target = field.field.to === undefined ? undefined : model.nouns.get(field.field.to)
  if (target === undefined || field.column === undefined) return []
  const both = tenant !== undefined && target.tenant !== undefined && field.column !== tenant
  const onDelete = { restrict: 'restrict', cascade: 'cascade', clear: 'set null' } as const
  return [
    {
      name: shorten(`${table}_${field.column}_fkey`),
      columns: both ? [tenant, field.column] : [field.column],
      target: target.table,
      targetColumns: both ? [tenantColumn(target) ?? '', 'id'] : ['id'],
      onDelete: onDelete[field.field.onDelete ?? 'restrict'],
    },
  ]
}

// ---- checks

function fieldChecks(table: string, fields: readonly NounField[]): TableCheck[] {
  return fields.flatMap(({ column, field }) =>
    column === undefined ? [] : field.kind.checks.map((check) => columnCheck(table, column, check)),
  )
}

function columnCheck(table: string, column: string, check: ColumnCheck): TableCheck {
  return { name: shorten(`${table}_${column}_${meaning(check)}`), on: { column, check } }
}

const crossCheck = (noun: Noun, name: string, expr: Expr): TableCheck => ({
  name: shorten(`${noun.table}_${columnOf(name)}_${meaning(expr)}`),
  on: { expr: storedExpr(noun, expr) },
})

/** Eight characters that change when the meaning does (FNV-1a over its JSON). */
function meaning(value: object): string {
  return fnv(JSON.stringify(value, (_, one: unknown) => (one instanceof Date ? one.toISOString() : one)))
}

function fnv(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

/** PostgreSQL cuts identifiers at 63 bytes in silence; a long name keeps its start and a hash of the whole. */
function shorten(name: string): string {
  return name.length <= 63 ? name : `${name.slice(0, 54)}_${fnv(name)}`
}
