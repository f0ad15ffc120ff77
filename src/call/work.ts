// What the verbs of one open transaction work with, and what they leave behind: the changes, and who is to be woken.
import type { Transaction } from '../store/contract.ts'
import { valueAt } from '../store/layout.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import type { Deed } from './deed.ts'
import type { Values } from './draft.ts'
import type { House } from './house.ts'
import type { Within } from './within.ts'

/** One row made, changed or deleted. */
export interface Change {
  readonly rows: RowStore
  /** Undefined for a row that was made; null where it is not known whether it was there (an upsert, made or raced). */
  readonly before: Whole | undefined | null
  /** Undefined for a row that was deleted. */
  readonly after: Whole | undefined
}

/** Has those woken who remember something of the rows that were written: of what those are about, where it is known. */
export function wakeRememberers(work: Pick<Work, 'changes' | 'channels' | 'abouts'>): void {
  for (const change of work.changes) {
    const { wakes } = change.rows.noun.resource.spec
    if (wakes === undefined) continue
    const things = thingsOf(change, wakes.about ?? [])
    if (things.length === 0) work.channels.add(wakes.channel)
    for (const about of things) wakeAbout(work, wakes.channel, about)
  }
}

/** Has those woken who remember something about this. */
export function wakeAbout({ abouts }: Pick<Work, 'abouts'>, channel: string, about: string): void {
  const things = abouts.get(channel) ?? new Set()
  abouts.set(channel, things.add(about))
}

/** What a row names in these fields, before and after it was written; nothing where a row before is not known. */
function thingsOf({ rows: { layout }, before, after }: Change, names: readonly string[]): readonly string[] {
  if (before === null) return []
  const found = [before, after].filter((whole) => whole !== undefined)
  const values = found.flatMap(({ row }) => names.map((name) => valueAt(layout, row, name)))
  return values.filter((value) => value !== null).map(String)
}

/** What one statement of `tx.sql` wrote, row by row unknown. */
export interface Sweep {
  /** The noun whose table it named; undefined for a raw text, which may name any. */
  readonly rows: RowStore | undefined
  readonly change: 'created' | 'changed' | 'deleted' | undefined
  readonly count: number
}

/** One attempt at a transaction, with the channels to wake once it is durable. */
export interface OpenWrite {
  readonly session: Transaction
  readonly channels: Set<string>
  /** And with what the wake is about, by channel. */
  readonly abouts: Map<string, Set<string>>
}

/** What a verb needs of its transaction. */
export interface Work extends OpenWrite {
  readonly house: House
  readonly deed: Deed
  readonly now: Date
  /** The tenant whose rows are there for the verbs. */
  readonly within: Within
  /** What a new row takes from the caller: its owner and tenant. */
  readonly belongings: (rows: RowStore) => Values
  /** Every change so far, in order. */
  readonly changes: Change[]
  /** Every statement of `tx.sql` that wrote something so far. */
  readonly sweeps: Sweep[]
}
