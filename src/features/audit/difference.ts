// What a change changed, as the API shows it: private and secret fields are named, and their values never taken.
import type { Change } from '../../call/work.ts'
import type { NounField, NounItems } from '../../define/noun.ts'
import { type Layout, type StoredRow, valueAt } from '../../store/layout.ts'
import type { RowStore, Whole } from '../../store/row_store.ts'

type Shown = Record<string, unknown>

/** The fields that differ. A row that was made has no before, one that was deleted no after. */
export interface Difference {
  readonly change: 'created' | 'changed' | 'deleted'
  readonly before: Shown | undefined
  readonly after: Shown | undefined
  /** Names of private fields that differ. */
  readonly withheld: readonly string[]
}

/** Reads the difference off the two rows; what was there unread is not in it. */
export function differenceOf({ rows, before, after }: Change): Difference {
  if (after === undefined) return { change: 'deleted', ...halves(rows, before ?? undefined, undefined) }
  const isNew = before === undefined || (before === null && valueAt(rows.layout, after.row, 'version') === 1)
  return { change: isNew ? 'created' : 'changed', ...halves(rows, before ?? undefined, after) }
}

type Halves = Pick<Difference, 'before' | 'after' | 'withheld'>

function halves(rows: RowStore, before: Whole | undefined, after: Whole | undefined): Halves {
  const { columns, items } = partsOf(rows)
  const [was, is]: [Shown, Shown] = [{}, {}]
  const withheld: string[] = []
  for (const { name, at, field } of columns) {
    const [old, now] = [before?.row[at], after?.row[at]]
    if (old === now || isNothing(old, now)) continue
    if (!field.shown) withheld.push(name)
    else {
      if (before !== undefined) was[name] = show(field, old ?? null)
      if (after !== undefined) is[name] = show(field, now ?? null)
    }
  }
  for (const [at, part] of items.entries())
    compareItems(part, before?.items[at], after?.items[at], { was, is, withheld })
  return { before: before && was, after: after && is, withheld }
}

// A field that a new or deleted row leaves empty is no part of the difference.
const isNothing = (old: unknown, now: unknown): boolean =>
  (old === undefined && now === null) || (old === null && now === undefined)

interface Halving {
  readonly was: Shown
  readonly is: Shown
  readonly withheld: string[]
}

type Rows = readonly StoredRow[] | undefined

function compareItems({ items, layout }: RowStore['items'][number], before: Rows, after: Rows, into: Halving): void {
  if (isSame(layout, before, after)) return
  const { name } = items
  const [old, now] = [before && showItems(items, layout, before), after && showItems(items, layout, after)]
  const isHidden = !items.shown || JSON.stringify(old) === JSON.stringify(now)
  if (isHidden) into.withheld.push(name)
  else {
    if (old !== undefined) into.was[name] = old
    if (now !== undefined) into.is[name] = now
  }
}

// Items are written anew with ids of their own; what they hold is what counts.
function isSame({ columns }: Layout, before: Rows, after: Rows): boolean {
  if (before === after) return true
  if (before === undefined || after === undefined) return (before ?? after ?? []).length === 0
  return (
    before.length === after.length &&
    before.every((row, at) =>
      columns.every(({ field }, index) => field === undefined || row[index] === after[at]?.[index]),
    )
  )
}

function showItems({ fields }: NounItems, layout: Layout, rows: readonly StoredRow[]): Shown[] {
  const seen = fields.filter(({ shown }) => shown)
  return rows.map((row) =>
    Object.fromEntries(seen.map((field) => [field.name, show(field, valueAt(layout, row, field.name))])),
  )
}

function show({ field }: NounField, stored: StoredRow[number]): unknown {
  return stored === null || field.kind.toWire === undefined ? stored : field.kind.toWire(stored)
}

interface Parts {
  readonly columns: readonly { readonly name: string; readonly at: number; readonly field: NounField }[]
  readonly items: RowStore['items']
}

const known = new WeakMap<RowStore, Parts>()

/** The columns of a noun's own fields; times and version are those of every row. */
function partsOf(rows: RowStore): Parts {
  const found = known.get(rows)
  if (found !== undefined) return found
  const columns = rows.layout.columns.flatMap(({ name, field }, at) =>
    field === undefined ? [] : [{ name, at, field }],
  )
  const made = { columns, items: rows.items }
  known.set(rows, made)
  return made
}
