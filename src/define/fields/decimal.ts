// Exact decimals: text in code and on the wire, a scaled integer in the column, no floating number anywhere.
import { formatScaled, parseScaled } from '../../base/pure/decimal.ts'
import type { Field, Kind, Options, Stored } from '../field.ts'
import { numberOf } from './characters.ts'
import { numberOperators } from './whole.ts'
import { defineField, type Only, wholeOption } from './options.ts'
import { decimalSchema, parseDecimal, type Range, rangeOf, sampleDecimal } from './scaled.ts'

export interface DecimalOptions extends Options {
  /** Digits after the point, 0 to 9; default 2. */
  readonly scale?: number
  /** Decimal text; default what 2^53 - 1 holds at the scale. */
  readonly min?: string
  readonly max?: string
  readonly default?: string
  readonly example?: string
}

/** An exact decimal, always with `scale` digits after the point. Fails with TypeError for bounds that hold nothing. */
export function decimal<const O extends DecimalOptions = {}>(
  options?: O & Only<O, DecimalOptions>,
): Field<string, O & { readonly scaled: true }> {
  const scale = wholeOption('decimal: scale', options?.scale, 2, 0, 9)
  return defineField(decimalKind(rangeOf('decimal', scale, options?.min, options?.max)), options, [
    'scale',
    'min',
    'max',
  ])
}

function decimalKind(range: Range): Kind<string> {
  const { scale, min, max } = range
  const show = (stored: Stored): string => formatScaled(numberOf(stored), scale)
  return {
    name: 'decimal',
    storage: 'int',
    folded: false,
    operators: numberOperators,
    sortable: true,
    checks: [{ check: 'between', min, max }],
    schema: decimalSchema(scale),
    parse(wire, pointer, issues) {
      const value = parseDecimal(range, wire, pointer, issues)
      return value === undefined ? undefined : formatScaled(value, scale)
    },
    fromText: (value) => value,
    toStored: (value) => storeDecimal(value, scale),
    toValue: show,
    toWire: show,
    sample: (n) => sampleDecimal(n, range),
  }
}

function storeDecimal(value: unknown, scale: number): number {
  const scaled = typeof value === 'string' ? parseScaled(value, scale) : undefined
  const stored = Number(scaled ?? Number.NaN)
  if (!Number.isSafeInteger(stored)) {
    throw new TypeError(`decimal: server code must write a decimal text with at most ${scale} digits after the point`)
  }
  return stored
}
