// Rows into tables and out of them: insert, update, delete, add. Every statement is made once per shape.
import type { Stored } from '../define/field.ts'
import type { Dialect } from './contract.ts'
import { type Layout, type LayoutColumn, quote, returningList, selectList } from './layout.ts'
import { Draft, type Prepared } from './sql.ts'

/** Rows to insert, each in the order of the columns the statement was made for. */
export interface InsertInput {
  readonly rows: readonly (readonly Stored[])[]
}

/** A column of an insert: those of the layout, then folded keys. */
export interface WrittenColumn {
  readonly column: string
  readonly storage: LayoutColumn['storage']
}

/** What happens to a row whose unique columns exist already. */
export interface OnConflict {
  readonly columns: readonly string[]
  /** Columns taken over from the new row; [] leaves the old one as it is. */
  readonly update: readonly string[]
}

/** Inserts `count` rows in one statement; with `conflict` it answers the rows that were inserted or changed. */
export function insertStatement(
  dialect: Dialect,
  layout: Layout,
  columns: readonly WrittenColumn[],
  count: number,
  conflict?: OnConflict,
): Prepared<InsertInput> {
  const draft = new Draft<InsertInput>(dialect)
  const tuples = Array.from(
    { length: count },
    (_, row) =>
      `(${columns.map(({ storage }, at) => draft.slot(storage, ({ rows }) => rows[row]![at] ?? null)).join(', ')})`,
  )
  const names = columns.map((one) => quote(one.column)).join(', ')
  const text = `insert into ${quote(layout.table)} as t (${names}) values ${tuples.join(', ')}`
  if (conflict === undefined) return draft.finish(text, [])
  const set = [
    ...conflict.update.map((column) => `${quote(column)} = excluded.${quote(column)}`),
    '"version" = t."version" + 1',
  ]
  const act = conflict.update.length === 0 ? 'do nothing' : `do update set ${set.join(', ')}`
  const target = conflict.columns.map(quote).join(', ')
  return draft.finish(
    `${text} on conflict (${target}) ${act} returning ${returningList(layout, dialect)}`,
    layout.reads,
  )
}

/** Reads, and locks, the rows that have the values of one of `count` rows in these columns. */
export function sameStatement(
  dialect: Dialect,
  layout: Layout,
  columns: readonly WrittenColumn[],
  wanted: readonly string[],
  count: number,
): Prepared<InsertInput> {
  const draft = new Draft<InsertInput>(dialect)
  const named = columns.map((one, at) => ({ ...one, at })).filter(({ column }) => wanted.includes(column))
  const same = (row: number): string => {
    const parts = named.map(({ column, storage, at }) => {
      return `t.${quote(column)} = ${draft.slot(storage, ({ rows }) => rows[row]![at] ?? null)}`
    })
    return `(${parts.join(' and ')})`
  }
  const where = Array.from({ length: count }, (_, row) => same(row)).join(' or ')
  const lock = dialect.forUpdate === '' ? '' : ` ${dialect.forUpdate}`
  const text = `select ${selectList(layout, dialect, 't')} from ${quote(layout.table)} as t where ${where}${lock}`
  return draft.finish(text, layout.reads)
}

/** A row's new values, its id, and the version it must still have. */
export interface UpdateInput {
  readonly id: string
  readonly version: number
  readonly values: readonly Stored[]
}

/** Sets the columns if the row still has the version; answers its id when it did. */
export function updateStatement(
  dialect: Dialect,
  layout: Layout,
  columns: readonly WrittenColumn[],
): Prepared<UpdateInput> {
  const draft = new Draft<UpdateInput>(dialect)
  const set = columns.map(
    ({ column, storage }, at) => `${quote(column)} = ${draft.slot(storage, ({ values }) => values[at] ?? null)}`,
  )
  const text =
    `update ${quote(layout.table)} set ${[...set, '"version" = "version" + 1'].join(', ')} ` +
    `where "id" = ${draft.slot('uuid', ({ id }) => id)} ` +
    `and "version" = ${draft.slot('int', ({ version }) => version)} returning "id"`
  return draft.finish(text, ['uuid'])
}

/** Deletes the row; answers its id when there was one. */
export function deleteStatement(dialect: Dialect, layout: Layout): Prepared<{ readonly id: string }> {
  const draft = new Draft<{ readonly id: string }>(dialect)
  const text = `delete from ${quote(layout.table)} where "id" = ${draft.slot('uuid', ({ id }) => id)} returning "id"`
  return draft.finish(text, ['uuid'])
}

/** Deletes what hangs on a row: items by their parent, words by their row. */
export function deleteByStatement(dialect: Dialect, table: string, column: string): Prepared<{ readonly id: string }> {
  const draft = new Draft<{ readonly id: string }>(dialect)
  return draft.finish(`delete from ${quote(table)} where ${quote(column)} = ${draft.slot('uuid', ({ id }) => id)}`, [])
}

export interface AddInput {
  readonly id: string
  readonly now: string
  readonly amounts: readonly number[]
}

/** A field that is added to, and the bounds it may not leave. */
export interface AddedColumn {
  readonly column: string
  readonly min: number
  readonly max: number
}

/** Adds in one conditional statement, so no update is lost. Answers the row, or nothing when a bound forbids. */
export function addStatement(dialect: Dialect, layout: Layout, columns: readonly AddedColumn[]): Prepared<AddInput> {
  const draft = new Draft<AddInput>(dialect)
  const amount = (at: number): string => draft.slot('int', ({ amounts }) => amounts[at] ?? 0)
  const set = columns.map(({ column }, at) => `${quote(column)} = t.${quote(column)} + ${amount(at)}`)
  const bounds = columns.map(
    ({ column, min, max }, at) => `t.${quote(column)} + ${amount(at)} between ${min} and ${max}`,
  )
  const now = draft.slot('instant', (input) => input.now)
  const text =
    `update ${quote(layout.table)} as t set ${set.join(', ')}, "updated_at" = ${now}, "version" = t."version" + 1 ` +
    `where t."id" = ${draft.slot('uuid', ({ id }) => id)} and ${bounds.join(' and ')} ` +
    `returning ${returningList(layout, dialect)}`
  return draft.finish(text, layout.reads)
}
