// What is there: tables, columns, indexes and constraints of schema public, read over one snapshot.
import type { Storage, Stored } from '../../define/field.ts'
import type { Catalog, Column, ForeignKey, Index, Table, TableCheck } from '../catalog.ts'
import type { Rows, Session } from '../contract.ts'
import { checksQuery, columnsQuery, foreignKeysQuery, indexesQuery, tablesQuery } from './catalog_queries.ts'
import { defaultValue } from './default_value.ts'

/** The tables that are there, by name. Partial indexes and those over expressions are made by hand and left out. */
export async function introspect(session: Session): Promise<Catalog> {
  const ask = async (query: typeof tablesQuery): Promise<Rows> => session.all(query, [])
  const [tables, columns, indexes, keys, checks] = await Promise.all([
    ask(tablesQuery),
    ask(columnsQuery),
    ask(indexesQuery),
    ask(foreignKeysQuery),
    ask(checksQuery),
  ])
  const parts = { columns: by(0, columns), indexes: by(0, indexes), keys: by(0, keys), checks: by(0, checks) }
  return { tables: tables.map(([name]) => tableOf(text(name), parts)) }
}

type Row = readonly Stored[]
type Groups = ReadonlyMap<Stored | undefined, readonly Row[]>

interface Parts {
  readonly columns: Groups
  readonly indexes: Groups
  readonly keys: Groups
  readonly checks: Groups
}

const by = (at: number, rows: Rows): Groups => Map.groupBy(rows, (row) => row[at])

function tableOf(name: string, parts: Parts): Table {
  const rows = (groups: Groups): readonly Row[] => groups.get(name) ?? []
  const indexes = rows(parts.indexes)
  const others = indexes.filter(([, , primary]) => primary === false)
  const named = (unique: boolean): Index[] =>
    [
      ...by(
        1,
        others.filter((row) => row[3] === unique),
      ).values(),
    ].map(indexOf)
  return {
    name,
    columns: rows(parts.columns).map(columnOf),
    primaryKey: indexes.filter(([, , primary]) => primary === true).map((row) => text(row[5])),
    uniques: named(true),
    indexes: named(false),
    foreignKeys: [...by(1, rows(parts.keys)).values()].map(foreignKeyOf),
    checks: rows(parts.checks).map(checkOf),
  }
}

function columnOf([, name, type, notNull, expression]: Row): Column {
  const spelled = text(type)
  const own = OWN_TYPES[spelled]
  const storage = own ?? nearest(spelled)
  const column = { name: text(name), storage, nullable: notNull !== true, default: defaultOf(expression, storage) }
  return own === undefined ? { ...column, type: spelled } : column
}

const defaultOf = (expression: Stored | undefined, storage: Storage): Stored | undefined =>
  defaultValue(typeof expression === 'string' ? expression : null, storage)

// A bigint is read as a number or, where the model says `wide`, as text: the column is the same.
const OWN_TYPES: { readonly [type: string]: Storage } = {
  uuid: 'uuid',
  text: 'text',
  bigint: 'int',
  boolean: 'bool',
  'timestamp(3) with time zone': 'instant',
  date: 'date',
}

/** The class that comes closest to a type that is not ours; the column's `type` says that it is not. */
function nearest(type: string): Storage {
  if (/^(smallint|integer)/.test(type)) return 'int'
  return type.startsWith('timestamp') ? 'instant' : 'text'
}

function indexOf(rows: readonly Row[]): Index {
  const index = { name: text(rows[0]?.[1]), columns: rows.map((row) => text(row[5])) }
  return rows[0]?.[4] === true ? index : { ...index, invalid: true }
}

const DELETE_RULES: { readonly [code: string]: ForeignKey['onDelete'] } = { c: 'cascade', n: 'set null' }

function foreignKeyOf(rows: readonly Row[]): ForeignKey {
  const [, name, rule, validated, target] = rows[0] ?? []
  const key = {
    name: text(name),
    columns: rows.map((row) => text(row[5])),
    target: text(target),
    targetColumns: rows.map((row) => text(row[6])),
    onDelete: DELETE_RULES[text(rule)] ?? 'restrict',
  }
  return validated === true ? key : { ...key, invalid: true }
}

function checkOf([, name, condition, validated]: Row): TableCheck {
  const check = { name: text(name), on: { sql: text(condition) } }
  return validated === true ? check : { ...check, invalid: true }
}

function text(value: Stored | undefined): string {
  if (typeof value !== 'string') throw new TypeError('pg_catalog answered no text where a name was expected')
  return value
}
