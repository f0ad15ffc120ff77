// The wide integer: signed 64 bits, decimal text on the wire because a JSON number would lose digits beyond 2^53.
import { fits64 } from '../../base/pure/decimal.ts'
import type { Issues, Kind, Options } from '../field.ts'
import { textOf } from './characters.ts'
import { refuse } from './issues.ts'
import { checkBounds } from './options.ts'
import { numberOperators, sampleWhole } from './whole.ts'

export interface WideOptions extends Options {
  /** Default -2^63. */
  readonly min?: bigint
  /** Default 2^63 - 1. */
  readonly max?: bigint
  /** A bigint in code, decimal text on the wire, a signed 64-bit column. */
  readonly wide: true
  readonly default?: bigint
  readonly example?: string
}

const least = -(2n ** 63n)
const most = 2n ** 63n - 1n
const shape = /^(?:0|-?[1-9][0-9]*)$/
/** A sign and 19 digits. */
const maxLength = 20

/** The kind behind `integer({ wide: true })`. */
export function wideKind(options: WideOptions): Kind<bigint> {
  const min = options.min ?? least
  const max = options.max ?? most
  if (typeof min !== 'bigint' || typeof max !== 'bigint' || !fits64(min) || !fits64(max)) {
    throw new TypeError('integer: min and max of a wide integer are bigints of 64 bits, such as 0n')
  }
  checkBounds('integer', min, max)
  return {
    name: 'integer',
    storage: 'wide',
    folded: false,
    operators: numberOperators,
    sortable: true,
    checks: [{ check: 'between', min: String(min), max: String(max) }],
    schema: { type: 'string', format: 'int64', minLength: 1, maxLength, pattern: '^(?:0|-?[1-9][0-9]{0,18})$' },
    parse: (wire, pointer, issues) => parseWide(min, max, wire, pointer, issues),
    fromText: (value) => value,
    toStored: storeWide,
    toValue: (stored) => BigInt(textOf(stored)),
    toWire: undefined,
    sample: (n) => String(sampleWhole(n, min, max, 1n)),
  }
}

function parseWide(min: bigint, max: bigint, wire: unknown, pointer: string, issues: Issues): bigint | undefined {
  if (typeof wire !== 'string') {
    return refuse(issues, pointer, 'wrong_type', 'Must be a whole number written as text, such as "42".')
  }
  // The length is asked first: reading a million digits into a bigint takes seconds.
  if (wire.length > maxLength || !shape.test(wire)) {
    return refuse(issues, pointer, 'bad_format', 'Must be a whole number of at most 19 digits, without leading zeros.')
  }
  const value = BigInt(wire)
  if (value > max) return refuse(issues, pointer, 'too_large', `Must be at most ${max}.`)
  if (value < min) return refuse(issues, pointer, 'too_small', `Must be at least ${min}.`)
  return value
}

function storeWide(value: unknown): string {
  if (typeof value !== 'bigint' || !fits64(value)) {
    throw new TypeError(`integer: server code must write a bigint of 64 bits, not ${typeof value}`)
  }
  return String(value)
}
