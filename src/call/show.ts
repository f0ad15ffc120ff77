// A stored row as a caller sees it: private fields gone, fields that rules hide left out, computed fields added.
import type { NounField, NounItems } from '../define/noun.ts'
import { evaluate } from '../store/evaluate.ts'
import type { Layout, StoredRow } from '../store/layout.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import { type Caller, satisfies } from './caller.ts'
import { valuesOf } from './draft.ts'
import type { House } from './house.ts'

export type WireObject = Record<string, unknown>

/** One member of the wire object, in the order it is shown. */
type Member =
  | { readonly from: 'meta'; readonly name: string; readonly at: number }
  | { readonly from: 'column'; readonly name: string; readonly at: number; readonly field: NounField }
  | {
      readonly from: 'items'
      readonly name: string
      readonly at: number
      readonly items: NounItems
      readonly layout: Layout
    }
  | { readonly from: 'computed'; readonly name: string; readonly field: NounField }

const plans = new WeakMap<RowStore, readonly Member[]>()

/** Shows one row. `fields` names what is wanted besides the id, which is always there; undefined is everything. */
export function showRow(
  house: House,
  rows: RowStore,
  whole: Whole,
  caller: Caller,
  fields?: ReadonlySet<string>,
): WireObject {
  let plan = plans.get(rows)
  if (plan === undefined) plans.set(rows, (plan = planOf(rows)))
  const wire: WireObject = {}
  for (const member of plan) {
    const { name } = member
    if (fields !== undefined && name !== 'id' && !fields.has(name)) continue
    if (member.from === 'meta') wire[name] = whole.row[member.at]
    else if (member.from === 'items') {
      if (!mayRead(member.items, rows.layout, whole.row, caller)) continue
      wire[name] = whole.items[member.at]!.map((row) => showItem(member.items.fields, member.layout, row))
    } else if (mayRead(member.field, rows.layout, whole.row, caller)) {
      wire[name] =
        member.from === 'column'
          ? showStored(member.field, whole.row[member.at] ?? null)
          : computed(house, rows, whole, member.field)
    }
  }
  return wire
}

/** id, the fields as the resource declares them, createdAt, updatedAt; the version is the entity tag's. */
function planOf({ noun, layout, items }: RowStore): Member[] {
  const meta = (name: string): Member => ({ from: 'meta', name, at: layout.at.get(name) ?? -1 })
  const own = Object.keys(noun.resource.fields).flatMap((name): Member[] => {
    const at = items.findIndex((one) => one.items.name === name)
    const held = items[at]
    if (held !== undefined)
      return held.items.shown ? [{ from: 'items', name, at, items: held.items, layout: held.layout }] : []
    const field = noun.fields.find((one) => one.name === name)
    if (field !== undefined) return field.shown ? [{ from: 'column', name, at: layout.at.get(name) ?? -1, field }] : []
    return noun.computed
      .filter((one) => one.name === name && one.shown)
      .map((one) => ({ from: 'computed', name, field: one }))
  })
  return [meta('id'), ...own, meta('createdAt'), meta('updatedAt')]
}

function showStored({ field }: NounField, stored: StoredRow[number]): unknown {
  if (stored === null || field.kind.toWire === undefined) return stored
  return field.kind.toWire(stored)
}

function showItem(fields: readonly NounField[], layout: Layout, row: StoredRow): WireObject {
  const wire: WireObject = {}
  for (const field of fields) {
    if (field.shown) wire[field.name] = showStored(field, row[layout.at.get(field.name) ?? -1] ?? null)
  }
  return wire
}

/** May this caller read the field of this row. Without a rule of its own, whoever reads the row reads the field. */
export function mayRead(field: Pick<NounField, 'read'>, layout: Layout, row: StoredRow, caller: Caller): boolean {
  if (field.read === undefined) return true
  if (field.read.callers.some((rule) => satisfies(caller, rule))) return true
  return caller.id !== null && field.read.rows.some((expr) => evaluate(expr, layout, row, caller) === true)
}

function computed(house: House, rows: RowStore, whole: Whole, field: NounField): unknown {
  const row = valuesOf(house.sealing, rows, whole)
  return showServerValue(field, rows.noun.compute?.by[field.name]?.({ row }))
}

/** A server value as the wire carries it, by the field's kind. */
export function showServerValue(field: NounField, value: unknown): unknown {
  if (value === null || value === undefined) return null
  const { kind } = field.field
  const stored = kind.toStored(value, { table: '', column: '', row: '', seal: neverShown, open: neverShown })
  return showStored(field, stored)
}

function neverShown(): never {
  throw new TypeError('a sealed value is never shown')
}
