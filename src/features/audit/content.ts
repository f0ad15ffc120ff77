// What an entry says, as one text: what its message code and its hash are made over.
import { hash } from 'node:crypto'
import type { Layout, StoredRow } from '../../store/layout.ts'

/** The columns that say something, in an order that never changes; new ones need a new version of the text. */
const said = [
  'id',
  'createdAt',
  'operation',
  'target',
  'outcome',
  'caller',
  'session',
  'key',
  'address',
  'request',
  'noun',
  'row',
  'change',
  'before',
  'after',
  'withheld',
] as const

const version = 'plinth audit 1'

/** The text of an entry: each value with its length before it, so that no two entries have the same. */
export function contentOf(layout: Layout, row: StoredRow): string {
  let text = version
  for (const at of placesIn(layout)) {
    const value = row[at] ?? null
    // A value of another type than a text is none of ours; it must give another hash all the same.
    text += value === null ? ',-' : typeof value === 'string' ? `,${value.length}:${value}` : `,?${String(value)}`
  }
  return text
}

/** The hash of an entry in its place: over the one before, so that none can be changed, moved or taken out alone. */
export function chained(before: string, position: number, sound: boolean, content: string): string {
  return hash('sha256', `${before},${position},${sound ? 1 : 0},${content}`, 'base64url')
}

/** What the first entry follows. */
export const beginning = ''

/** Whose message codes these are. */
export const purpose = 'audit entry'

const places = new WeakMap<Layout, readonly number[]>()

function placesIn(layout: Layout): readonly number[] {
  const found = places.get(layout)
  if (found !== undefined) return found
  const made = said.map((name) => layout.at.get(name) ?? -1)
  places.set(layout, made)
  return made
}
