// Exact decimals in an integer column: what `decimal` and the amount of `money` share.
import { formatScaled, parseScaled } from '../../base/pure/decimal.ts'
import type { Issues } from '../field.ts'
import { sampleWhole } from './whole.ts'
import { refuse } from './issues.ts'
import { checkBounds } from './options.ts'

/** Decimals of one scale between two bounds, both as scaled integers. */
export interface Range {
  readonly scale: number
  readonly min: number
  readonly max: number
}

const plain = /^(-?)(?:0|[1-9][0-9]*)(?:\.([0-9]+))?$/
/** A text longer than this is no number anybody meant; it is refused without being read. */
const maxLength = 100

/** The bounds of a field from their texts; default what a safe integer holds. Fails with TypeError. */
export function rangeOf(kind: string, scale: number, min: string | undefined, max: string | undefined): Range {
  const range = {
    scale,
    min: min === undefined ? Number.MIN_SAFE_INTEGER : boundOf(`${kind}: min`, min, scale),
    max: max === undefined ? Number.MAX_SAFE_INTEGER : boundOf(`${kind}: max`, max, scale),
  }
  checkBounds(kind, range.min, range.max)
  return range
}

function boundOf(what: string, text: string, scale: number): number {
  const value = typeof text === 'string' ? Number(parseScaled(text, scale) ?? Number.NaN) : Number.NaN
  if (!Number.isSafeInteger(value)) {
    throw new TypeError(`${what} is a decimal text with at most ${scale} digits after the point and 15 in all`)
  }
  return value
}

/** A decimal text as its scaled integer, or undefined with the reason in `issues`. */
export function parseDecimal(range: Range, wire: unknown, pointer: string, issues: Issues): number | undefined {
  const { scale, min, max } = range
  if (typeof wire !== 'string') {
    return refuse(
      issues,
      pointer,
      'wrong_type',
      `Must be a decimal number written as text, such as "${exampleOf(scale)}".`,
    )
  }
  const value = readDecimal(wire, scale)
  if (value === undefined) {
    const digits = scale === 0 ? 'no digits' : `at most ${scale} ${scale === 1 ? 'digit' : 'digits'}`
    const form = `Must be a plain decimal number with ${digits} after the point, such as "${exampleOf(scale)}".`
    return refuse(issues, pointer, 'bad_format', form)
  }
  if (value > max) return refuse(issues, pointer, 'too_large', `Must be at most ${formatScaled(max, scale)}.`)
  if (value < min) return refuse(issues, pointer, 'too_small', `Must be at least ${formatScaled(min, scale)}.`)
  return Number(value)
}

// Numbers of the right form that are too big for any column count as infinite, so that they are refused by the bound.
function readDecimal(wire: string, scale: number): bigint | number | undefined {
  if (wire.length > maxLength) return undefined
  const value = parseScaled(wire, scale)
  if (value !== undefined) return value
  const [text, sign, fraction = ''] = plain.exec(wire) ?? []
  if (text === undefined || fraction.length > scale || !/[1-9]/.test(text)) return undefined
  return sign === '-' ? -Infinity : Infinity
}

const exampleOf = (scale: number): string => formatScaled(125n * 10n ** BigInt(Math.max(scale - 1, 0)), scale)

/** JSON Schema of a decimal text. */
export function decimalSchema(scale: number): { readonly [keyword: string]: unknown } {
  const fraction = scale === 0 ? '' : `(?:\\.[0-9]{1,${scale}})?`
  return {
    type: 'string',
    format: 'decimal',
    minLength: 1,
    maxLength: 18,
    pattern: `^-?(?:0|[1-9][0-9]{0,15})${fraction}$`,
  }
}

/** A decimal text within the bounds, another for each `n` as far as they allow. */
export function sampleDecimal(n: number, { scale, min, max }: Range): string {
  return formatScaled(sampleWhole(n, BigInt(min), BigInt(max), 10n ** BigInt(scale)), scale)
}
