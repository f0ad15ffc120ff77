// Whole numbers: a JSON number where one is exact, 64 bits as decimal text where `wide` asks for more.
import type { Field, Issues, Kind, Options } from '../field.ts'
import { numberOf } from './characters.ts'
import { refuse } from './issues.ts'
import { checkBounds, defineField, type Only } from './options.ts'
import { numberOperators, sampleWhole } from './whole.ts'
import { wideKind, type WideOptions } from './wide_integer.ts'

export interface NarrowOptions extends Options {
  /** Default -(2^53 - 1). */
  readonly min?: number
  /** Default 2^53 - 1. */
  readonly max?: number
  readonly wide?: false
  readonly default?: number
  readonly example?: number
}

export type IntegerOptions = NarrowOptions | WideOptions

type Whole<O> = O extends { readonly wide: true } ? bigint : number

/** A whole number. Fails with TypeError for bounds that hold nothing. */
export function integer<const O extends IntegerOptions = {}>(
  options?: O & Only<O, IntegerOptions>,
): Field<Whole<O>, O> {
  const given: IntegerOptions = options ?? {}
  return defineField(given.wide === true ? wideKind(given) : narrowKind(given), given, ['min', 'max', 'wide'])
}

interface Bounds {
  readonly min: number
  readonly max: number
}

function narrowKind(options: NarrowOptions): Kind<number> {
  const min = options.min ?? Number.MIN_SAFE_INTEGER
  const max = options.max ?? Number.MAX_SAFE_INTEGER
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max)) {
    throw new TypeError('integer: min and max are whole numbers within 2^53 - 1; use wide for more')
  }
  checkBounds('integer', min, max)
  const format = min >= -(2 ** 31) && max < 2 ** 31 ? 'int32' : 'int64'
  return {
    name: 'integer',
    storage: 'int',
    folded: false,
    operators: numberOperators,
    sortable: true,
    checks: [{ check: 'between', min, max }],
    schema: { type: 'integer', format, minimum: min, maximum: max },
    parse: (wire, pointer, issues) => parseInteger({ min, max }, wire, pointer, issues),
    fromText: (value) => (/^(?:0|-?[1-9][0-9]{0,15})$/.test(value) ? Number(value) : value),
    toStored: storeInteger,
    toValue: numberOf,
    toWire: undefined,
    sample: (n) => Number(sampleWhole(n, BigInt(min), BigInt(max), 1n)),
  }
}

function parseInteger({ min, max }: Bounds, wire: unknown, pointer: string, issues: Issues): number | undefined {
  if (typeof wire !== 'number' || Number.isNaN(wire)) {
    return refuse(issues, pointer, 'wrong_type', 'Must be a whole number, written as a JSON number.')
  }
  if (wire > max) return refuse(issues, pointer, 'too_large', `Must be at most ${max}.`)
  if (wire < min) return refuse(issues, pointer, 'too_small', `Must be at least ${min}.`)
  if (!Number.isInteger(wire)) return refuse(issues, pointer, 'bad_format', 'Must be a whole number.')
  // No column keeps the sign of a zero, so what comes back would not be what was sent.
  if (Object.is(wire, -0)) return refuse(issues, pointer, 'bad_format', 'Must be 0, not -0.')
  return wire
}

function storeInteger(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new TypeError(`integer: server code must write a whole number within 2^53 - 1, not ${String(value)}`)
  }
  return value + 0 // -0 becomes 0
}
