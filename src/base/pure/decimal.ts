// Exact decimals as scaled integers: 12.50 at scale 2 is 1250n, and no step in between is a floating number.

/** How a value between two neighbours is decided: to the even one, or away from zero. */
export type Rounding = 'halfEven' | 'halfUp'

/** Digits a decimal text may have in all: as many as fit a signed 64-bit column. */
const maxDigits = 19
/** A sign, a point and the digits. */
const maxLength = maxDigits + 2

const plainDecimal = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/

/** Reads a plain decimal ("-12.5") at a scale; undefined for any other form, for finer digits and for "-0". */
export function parseScaled(text: string, scale: number): bigint | undefined {
  if (text.length > maxLength) return undefined
  const match = plainDecimal.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  if (fraction.length > scale || whole.length + fraction.length > maxDigits) return undefined
  const value = BigInt(whole + fraction.padEnd(scale, '0'))
  // "-0" equals "0" and would be the only value with two spellings, so it is refused rather than changed.
  if (sign === '') return value
  return value === 0n ? undefined : -value
}

/** Writes a scaled integer with always `scale` digits after the point: 1250 at scale 2 is "12.50". */
export function formatScaled(value: bigint | number, scale: number): string {
  const negative = value < 0
  const digits = (negative ? -value : value).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
  return negative ? `-${text}` : text
}

/** Divides and rounds to a whole number. Fails with RangeError for a divisor of zero. */
export function divide(value: bigint, divisor: bigint, rounding: Rounding): bigint {
  if (divisor === 0n) throw new RangeError('a decimal cannot be divided by zero')
  const quotient = value / divisor
  const twice = magnitude(value % divisor) * 2n
  const half = magnitude(divisor)
  if (twice < half || (twice === half && rounding === 'halfEven' && quotient % 2n === 0n)) return quotient
  // The quotient was cut towards zero and may be 0n, so the sign is asked of the operands.
  return value < 0n === divisor < 0n ? quotient + 1n : quotient - 1n
}

/** Multiplies by a factor that is itself scaled, keeping the value's own scale: multiply(1000n, 85n, 2, …) is 850n. */
export function multiply(value: bigint, factor: bigint, factorScale: number, rounding: Rounding): bigint {
  return divide(value * factor, 10n ** BigInt(factorScale), rounding)
}

/** Whether a value can be stored in a signed 64-bit column. */
export function fits64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
