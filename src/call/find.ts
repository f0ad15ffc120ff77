// `tx.find`: rows by equality and ranges of their own fields, bounded, without the caller's rules.
import type { Stored } from '../define/field.ts'
import type { AnyResource } from '../define/resource.ts'
import type { FindOptions, Match } from '../define/tx.ts'
import { fold } from '../base/pure/text.ts'
import type { Rows, Session } from '../store/contract.ts'
import { type LayoutColumn, quote, selectList } from '../store/layout.ts'
import type { RowStore } from '../store/row_store.ts'
import { conjunction, Draft } from '../store/sql.ts'
import { comparedColumn } from '../store/tables.ts'
import { constantOf } from '../store/expr_sql.ts'

const most = 1_000
const comparison = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const

/** The rows that match. Fails with TypeError for a field that has no column, or a limit out of bounds. */
export async function findRows(
  rows: RowStore,
  session: Session,
  match: Match<AnyResource>,
  options: FindOptions<AnyResource>,
): Promise<Rows> {
  const draft = new Draft<null>(rows.dialect)
  const conditions = Object.entries(match).map(([name, wanted]) => condition(draft, rows, name, wanted))
  const sort: string = options.sort ?? 'id'
  const descending = sort.startsWith('-') ? ' desc' : ''
  const column = columnOf(rows, sort.replace(/^-/, ''))
  const limit = options.limit ?? 100
  if (!Number.isInteger(limit) || limit < 1 || limit > most)
    throw new TypeError(`${rows.noun.name}: find takes a limit from 1 to ${most}`)
  const text =
    `select ${selectList(rows.layout, rows.dialect, 't')} from ${quote(rows.layout.table)} as t ` +
    `where ${conjunction(conditions)} ` +
    `order by t.${quote(column.column)}${descending}, t."id"${descending} limit ${limit}`
  const made = draft.finish(text, rows.layout.reads)
  return session.all(made.statement, made.values(null))
}

function columnOf({ layout, noun }: RowStore, name: string): LayoutColumn {
  const column = layout.columns[layout.at.get(name) ?? -1]
  if (column === undefined) throw new TypeError(`${noun.name}: find by "${name}", which has no column`)
  return column
}

function condition(draft: Draft<null>, rows: RowStore, name: string, wanted: unknown): string {
  const column = columnOf(rows, name)
  const compared = comparedColumn(rows.noun, name)
  const sql = `t.${quote(compared)}`
  const slot = (value: unknown): string => {
    const stored = constantOf(column.field, value)
    const folded: Stored = column.field?.keyColumn === compared && stored !== null ? fold(String(stored)) : stored
    return draft.slot(column.storage, () => folded)
  }
  if (wanted === null) return `${sql} is null`
  if (!isRange(wanted)) return `${sql} = ${slot(wanted)}`
  const parts = Object.entries(wanted).map(([operator, value]) => {
    if (operator === 'in') {
      const values = value as readonly unknown[] // Match declares `in` as a list
      return values.length === 0 ? 'false' : `${sql} in (${values.map(slot).join(', ')})`
    }
    return `${sql} ${comparison[operator as keyof typeof comparison]} ${slot(value)}` // isRange let only these through
  })
  return conjunction(parts)
}

// Money and dates are objects too; a range is one whose every key is an operator.
function isRange(wanted: unknown): wanted is object {
  if (typeof wanted !== 'object' || wanted === null || wanted instanceof Date) return false
  const keys = Object.keys(wanted)
  return keys.length > 0 && keys.every((key) => key === 'in' || key in comparison)
}
