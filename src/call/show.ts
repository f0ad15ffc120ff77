// A stored row as a caller sees it: private fields gone, fields that rules hide left out, computed fields added.
import type { NounField } from '../define/noun.ts'
import { evaluate } from '../store/evaluate.ts'
import type { Layout, StoredRow } from '../store/layout.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import { type Caller, satisfies } from './caller.ts'
import { valuesOf } from './draft.ts'
import type { House } from './house.ts'

export type WireObject = Record<string, unknown>

/** Shows one row. `fields` names what is wanted; undefined is everything. */
export function showRow(house: House, rows: RowStore, whole: Whole, caller: Caller, fields?: ReadonlySet<string>): WireObject {
  const wire: WireObject = {}
  const { columns } = rows.layout
  for (let at = 0; at < columns.length - 1; at++) {
    const { name, field } = columns[at]!
    if (fields !== undefined && name !== 'id' && !fields.has(name)) continue
    if (field === undefined) wire[name] = whole.row[at]
    else if (field.shown && mayRead(field, rows.layout, whole.row, caller)) wire[name] = showValue(field, whole.row[at] ?? null)
  }
  rows.items.forEach(({ items, layout }, at) => {
    if (!items.shown || (fields !== undefined && !fields.has(items.name))) return
    wire[items.name] = (whole.items[at] ?? []).map((row) => showItem(items.fields, layout, row))
  })
  if (rows.noun.compute !== undefined) addComputed(house, rows, whole, caller, fields, wire)
  return wire
}

function showValue({ field }: NounField, stored: StoredRow[number]): unknown {
  if (stored === null || field.kind.toWire === undefined) return stored
  return field.kind.toWire(stored)
}

function showItem(fields: readonly NounField[], layout: Layout, row: StoredRow): WireObject {
  const wire: WireObject = {}
  for (const field of fields) {
    if (field.shown) wire[field.name] = showValue(field, row[layout.at.get(field.name) ?? -1] ?? null)
  }
  return wire
}

/** May this caller read the field of this row. Without a rule of its own, whoever reads the row reads the field. */
export function mayRead(field: NounField, layout: Layout, row: StoredRow, caller: Caller): boolean {
  if (field.read === undefined) return true
  if (field.read.callers.some((rule) => satisfies(caller, rule))) return true
  return caller.id !== null && field.read.rows.some((expr) => evaluate(expr, layout, row, caller) === true)
}

function addComputed(
  house: House,
  rows: RowStore,
  whole: Whole,
  caller: Caller,
  fields: ReadonlySet<string> | undefined,
  wire: WireObject,
): void {
  const row = valuesOf(house.sealing, rows, whole)
  for (const field of rows.noun.computed) {
    if (!field.shown || (fields !== undefined && !fields.has(field.name))) continue
    if (!mayRead(field, rows.layout, whole.row, caller)) continue
    const value = rows.noun.compute?.by[field.name]?.({ row })
    wire[field.name] = showServerValue(field, value)
  }
}

/** A server value as the wire carries it, by the field's kind. */
export function showServerValue(field: NounField, value: unknown): unknown {
  if (value === null || value === undefined) return null
  const { kind, of } = field.field
  if (of !== undefined) return value // items of an answer's own shape are shown field by field where they are declared
  const unsealed = (): never => {
    throw new TypeError(`"${field.name}": a sealed value is never shown`)
  }
  const stored = kind.toStored(value, { table: '', column: '', row: '', seal: unsealed, open: unsealed })
  return kind.toWire === undefined || stored === null ? stored : kind.toWire(stored)
}
