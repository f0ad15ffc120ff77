// Stored values on their way to PostgreSQL and back: parameters are checked, answers come as text and are decoded here.
import { assert } from '../../base/assert.ts'
import type { Storage, Stored } from '../../define/field.ts'
import type { Rows } from '../contract.ts'

/** A row as the wire carries it: text, or null. */
export type RawRow = (string | null)[]

/** Turns raw rows into stored values, in place. */
export type Decode = (rows: RawRow[]) => Rows

type Decoder = (text: string) => Stored

// uuid, text, date and wide integers are their text already.
const DECODERS: { readonly [storage in Storage]?: Decoder } = {
  int: Number,
  bool: (text) => text === 't',
  instant: instantOf,
}

/** Makes the decoder of a statement's rows. It fails when the rows have another number of columns than `reads`. */
export function decoderOf(reads: readonly Storage[]): Decode {
  const work = reads.flatMap((storage, column) => {
    const decode = DECODERS[storage]
    return decode === undefined ? [] : [{ column, decode }]
  })
  return (rows) => {
    const first = rows[0]
    if (first === undefined) return rows
    assert(first.length === reads.length, 'a statement must declare the class of every column it reads')
    if (work.length > 0) for (const row of rows) decodeRow(row, work)
    return rows
  }
}

function decodeRow(row: Stored[], work: readonly { readonly column: number; readonly decode: Decoder }[]): void {
  for (const { column, decode } of work) {
    const raw = row[column]
    if (typeof raw === 'string') row[column] = decode(raw)
  }
}

/** `2025-01-01 00:00:00.12+00` as `2025-01-01T00:00:00.120Z`, by slices: a Date would cost more than the rest. */
export function instantOf(text: string): string {
  const day = text.slice(0, 10)
  const time = text.slice(11, 19)
  const fraction = text.charCodeAt(19) === DOT ? text.slice(20, -3).padEnd(3, '0') : '000'
  return `${day}T${time}.${fraction}Z`
}

const DOT = 46

/** Parameters as they are bound. A value that would be sent as something else is a fault of ours, never stored. */
export function checked(values: readonly Stored[]): readonly Stored[] {
  for (const value of values) {
    if (typeof value === 'string' || value === null || typeof value === 'boolean') continue
    assert(typeof value === 'number' && Number.isSafeInteger(value), 'a stored number must be a safe integer')
  }
  return values
}
