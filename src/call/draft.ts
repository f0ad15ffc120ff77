// A row as it will be written: server values laid out as the table stores them, derived fields included.
import { Problem } from '../base/pure/problem.ts'
import type { Stored } from '../define/field.ts'
import type { NounItems } from '../define/noun.ts'
import type { Tx } from '../define/tx.ts'
import { evaluate } from '../store/evaluate.ts'
import { type Layout, type Sealing, serverValues, storedValue, type StoredRow, valueAt } from '../store/layout.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import type { House } from './house.ts'

/** Server values by field name; what is absent keeps its value, or takes its default on a new row. */
export type Values = Readonly<Record<string, unknown>>

/** A new row. Fails with invalid where a needed value is missing or a check does not hold. */
export async function draftNew(house: House, rows: RowStore, values: Values, now: Date, tx: Tx): Promise<Whole> {
  const id = house.id()
  const stamp = now.toISOString()
  const meta = new Map<string, Stored>([
    ['id', id],
    ['createdAt', stamp],
    ['updatedAt', stamp],
    ['version', 1],
  ])
  if (typeof values['id'] === 'string') meta.set('id', values['id'])
  return derived(house, rows, layOut(house, rows, values, meta, undefined), tx)
}

/** A row changed; its version stays what it was, because the update that finds it counts it up. */
export async function draftChanged(
  house: House,
  rows: RowStore,
  before: Whole,
  values: Values,
  now: Date,
  tx: Tx,
): Promise<Whole> {
  const meta = new Map<string, Stored>([['updatedAt', now.toISOString()]])
  return derived(house, rows, layOut(house, rows, values, meta, before), tx)
}

function layOut(
  house: House,
  rows: RowStore,
  values: Values,
  meta: ReadonlyMap<string, Stored>,
  before: Whole | undefined,
): Whole {
  const { layout } = rows
  const id = String(meta.get('id') ?? before?.row[0])
  const row = layout.columns.map(({ name, field }, at): Stored => {
    const set = meta.get(name)
    if (set !== undefined) return set
    if (field === undefined) return before?.row[at] ?? null
    if (name in values && values[name] !== undefined) return storedValue(layout, at, values[name], id, house.sealing)
    if (before !== undefined) return before.row[at] ?? null
    return storedValue(layout, at, field.field.options.default, id, house.sealing)
  })
  const items = rows.items.map(({ items: of, layout: itemLayout }, at) => {
    const given = values[of.name]
    if (given === undefined) return before?.items[at] ?? []
    const tenant = of.tenant === undefined ? null : valueAt(layout, row, of.tenant)
    return layOutItems(house, of, itemLayout, { id, tenant }, given)
  })
  return { row, items }
}

/** The row that items belong to. */
interface Parent {
  readonly id: string
  readonly tenant: Stored
}

function layOutItems(house: House, items: NounItems, layout: Layout, parent: Parent, given: unknown): StoredRow[] {
  if (!Array.isArray(given)) throw new TypeError(`${items.table}: items are an array`)
  return given.map((item: Values, position) => {
    const id = house.id()
    return layout.columns.map(({ name, field }, at): Stored => {
      if (name === 'id') return id
      if (name === 'parent') return parent.id
      if (field === undefined && name === items.tenant) return parent.tenant
      if (name === 'position') return position
      const value = item[name] ?? field?.field.options.default
      return storedValue(layout, at, value, id, house.sealing)
    })
  })
}

async function derived(house: House, rows: RowStore, draft: Whole, tx: Tx): Promise<Whole> {
  const { noun, layout } = rows
  if (noun.derive === undefined) return checked(rows, draft)
  const data = valuesOf(house.sealing, rows, draft)
  const row = [...draft.row]
  for (const [name, compute] of Object.entries(noun.derive.by)) {
    const at = layout.at.get(name)
    if (at === undefined) throw new TypeError(`${noun.name}: derive of "${name}", which has no column`)
    row[at] = storedValue(layout, at, await compute({ data, tx }), String(row[0]), house.sealing)
  }
  return checked(rows, { row, items: draft.items })
}

// The database refuses the same; asked here first so that the answer names every check that does not hold.
function checked(rows: RowStore, draft: Whole): Whole {
  const nobody = { id: null, tenant: null }
  const broken = rows.noun.checks.filter(({ expr }) => evaluate(expr, rows.layout, draft.row, nobody) === false)
  if (broken.length === 0) return draft
  throw new Problem('invalid', `The values do not fit together: ${broken.map(({ name }) => name).join(', ')}.`, {
    errors: broken.map(({ name }) => ({
      pointer: '',
      code: 'bad_check',
      message: `The check "${name}" does not hold.`,
    })),
  })
}

/** A whole as server code reads it: its fields, and its items as arrays. */
export function valuesOf(sealing: Sealing, rows: RowStore, whole: Whole): Record<string, unknown> {
  const values = serverValues(rows.layout, whole.row, sealing)
  rows.items.forEach(({ items, layout }, at) => {
    values[items.name] = (whole.items[at] ?? []).map((row) => {
      const { id: _id, parent: _parent, position: _position, ...item } = serverValues(layout, row, sealing)
      if (items.tenant !== undefined) delete item[items.tenant]
      return item
    })
  })
  return values
}
