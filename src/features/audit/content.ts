// What an entry says, and as which text: what its message codes and its hash are made over.
import { hash } from 'node:crypto'
import type { Stored } from '../../define/field.ts'

/** The columns that say something, in an order that never changes: new ones need a new version of the texts. */
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

export type Said = (typeof said)[number]

type Half = 'before' | 'after'

/** Values of an entry by their names; before and after are objects. */
export type Telling = { readonly [name in Exclude<Said, Half>]?: string | null | undefined } & {
  readonly [name in Half]?: object | null | undefined
}

const halves: ReadonlySet<Said> = new Set(['before', 'after'])

/** An entry that waits, as JSON: its values in order. */
export function writeContent(told: Telling): string {
  return JSON.stringify(said.map((name) => told[name] ?? null))
}

/** The stored values of an entry that waited, in order; undefined where it is none of ours. */
export function readContent(text: string): readonly Stored[] | undefined {
  const values = parsed(text)
  if (!Array.isArray(values) || values.length !== said.length) return undefined
  return values.map((value: unknown, at) => {
    if (value === null) return null
    return typeof value === 'string' && !halves.has(said[at]!) ? value : JSON.stringify(value)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // somebody else wrote it, past the checks of the table; nobody is held up by it
  }
}

/** Of what the codes of entries are made: those that wait, and those in the chain. */
export const purposes = Object.freeze({ waiting: 'audit waiting', chained: 'audit entry' })

/** An entry in its place. */
export interface Link {
  /** The hash of the entry before; `beginning` for the first. */
  readonly before: string
  readonly position: number
  /** Was it ours when it got its place. */
  readonly sound: boolean
  /** Its values, in the order of `said`. */
  readonly values: readonly Stored[]
}

/** What the first entry follows. */
export const beginning = ''

const version = 'plinth audit 1'

/** What an entry says in its place, over the hash of the one before: what its message code is made over. */
export function linkText({ before, position, sound, values }: Link): string {
  return framed(version, [before, position, sound, ...values])
}

/** The hash over it and its code, so that no entry can be changed, moved, put in or taken out alone. */
export const hashOf = (text: string, mac: string): string => hash('sha256', framed(text, [mac]), 'base64url')

/** Values as one text, each with its length before it, so that none can pretend to be two. */
export function framed(kind: string, values: readonly Stored[]): string {
  let text = kind
  for (const value of values) {
    const one = value === null ? undefined : String(value)
    text += one === undefined ? ',-' : `,${one.length}:${one}`
  }
  return text
}
