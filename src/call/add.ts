// `tx.add`: counters move by one conditional statement, inside the bounds of their fields.
import type { Session } from '../store/contract.ts'
import type { StoredRow } from '../store/layout.ts'
import type { RowStore } from '../store/row_store.ts'
import type { AddedColumn } from '../store/write.ts'

export interface Addition {
  readonly id: string
  readonly now: string
  readonly amounts: Readonly<Record<string, number>>
}

/** The row after the addition; undefined where a bound forbids it or the row is not there. */
export function addTo(
  rows: RowStore,
  session: Session,
  { id, now, amounts }: Addition,
): Promise<StoredRow | undefined> {
  const names = Object.keys(amounts)
  if (names.length === 0) throw new TypeError(`${rows.noun.name}: add needs an amount`)
  const columns = names.map((name) => addedColumn(rows, name))
  for (const name of names) {
    if (!Number.isSafeInteger(amounts[name])) throw new TypeError(`${rows.noun.name}.${name}: add takes whole numbers`)
  }
  return rows.add(session, columns, { id, now, amounts: names.map((name) => amounts[name]!) })
}

function addedColumn({ noun, layout }: RowStore, name: string): AddedColumn {
  const found = layout.columns[layout.at.get(name) ?? -1]
  const between = found?.field?.field.kind.checks.find((check) => check.check === 'between')
  if (found?.storage !== 'int' || between === undefined)
    throw new TypeError(`${noun.name}.${name}: add needs an integer field`)
  return { column: found.column, min: Number(between.min), max: Number(between.max) }
}
