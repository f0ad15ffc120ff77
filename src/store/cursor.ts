// Where a list goes on: the last key, sealed so that a client can neither read nor bend it, bound to list and filters.
import type { Stored } from '../define/field.ts'

/** Equal inputs give equal bytes, so that pages are the same on both engines. */
export interface CursorSeal {
  seal(text: string, about: string): string
  open(sealed: string, about: string): string | undefined
}

/** The key after which the next page begins: the sort's values, then the id. */
export type Key = readonly Stored[]

/** What a cursor belongs to: another list, sort, filter or tenant refuses it. */
export interface CursorPlace {
  readonly noun: string
  readonly shape: string
  readonly tenant: string | null
}

const about = (place: CursorPlace): string => JSON.stringify([place.noun, place.shape, place.tenant])

export function writeCursor(seal: CursorSeal, place: CursorPlace, key: Key): string {
  return seal.seal(JSON.stringify(key), about(place))
}

/** The key, or undefined where the cursor was bent or belongs to another list. */
export function readCursor(seal: CursorSeal, place: CursorPlace, cursor: string, keys: number): Key | undefined {
  const text = seal.open(cursor, about(place))
  if (text === undefined) return undefined
  const key: unknown = JSON.parse(text) // sealed by us, so it is JSON of ours
  return Array.isArray(key) && key.length === keys ? (key as Key) : undefined
}
