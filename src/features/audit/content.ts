// What an entry says, as one text: what its message code and its hash are made over.
import { hash } from 'node:crypto'
import type { Stored } from '../../define/field.ts'

/** The columns that say something, in an order that never changes: new ones need a new version of the text. */
export const said = [
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

/** The text of an entry, of its values in the order of `said`; no two entries have the same. */
export function contentOf(values: readonly (Stored | undefined)[]): string {
  let text = version
  for (const value of values) text += framed(value ?? null)
  return text
}

// With its length before it, a value cannot pretend to be two.
function framed(value: Stored): string {
  if (value === null) return ',-'
  const text = String(value)
  return `,${text.length}:${text}`
}

/** For what the message code of an entry is made. */
export const codePurpose = 'audit entry'

/** An entry in its place. */
export interface Link {
  /** The hash of the entry before; `beginning` for the first. */
  readonly before: string
  readonly position: number
  /** Was the message code right when the entry was sealed. */
  readonly sound: boolean
  readonly arrival: Stored | undefined
  readonly mac: Stored | undefined
  readonly content: string
}

/** What the first entry follows. */
export const beginning = ''

/** The hash of an entry over the one before, so that none can be changed, moved, put in or taken out alone. */
export function hashOf({ before, position, sound, arrival, mac, content }: Link): string {
  return hash('sha256', contentOf([before, position, sound, arrival, mac, content]), 'base64url')
}
