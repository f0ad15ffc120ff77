// Decodes a statement of unknown result types by the types that PostgreSQL names: numbers, truth, instants, else text.
import type { RawRows, RawValue } from '../contract.ts'
import type { Answer } from './exchange.ts'
import { instantOf } from './values.ts'

/** The answer in neutral values: whole numbers beyond 2^53 as bigint, instants as text. */
export function decodeRaw({ fields, found, tag }: Answer): RawRows {
  const decoders = fields.map(({ dataTypeID }) => DECODERS.get(dataTypeID))
  return {
    columns: fields.map(({ name }) => name),
    rows: found.map((row) => row.map((text, at): RawValue => (text === null ? null : (decoders[at]?.(text) ?? text)))),
    // The tag ends in the number of rows: `INSERT 0 1`, `UPDATE 2`; other commands have none.
    changed: Number(/\d+$/.exec(tag)?.[0] ?? 0),
  }
}

function numberOf(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(text) ? number : BigInt(text)
}

type Decoder = (text: string) => RawValue

// The numbers of the types are fixed in PostgreSQL's catalog.
const NUMBERS = [20, 21, 23, 700, 701, 1700] // bigint, smallint, integer, real, double precision, numeric
const DECODERS: ReadonlyMap<number, Decoder> = new Map<number, Decoder>([
  [16, (text) => text === 't'], // boolean
  [1184, instantOf], // timestamptz
  ...NUMBERS.map((type): [number, Decoder] => [type, numberOf]),
])
