// Money: an exact amount of one currency. Currencies never mix, neither in types nor at run time.
import { exponentOf } from './currency.ts'
import { formatScaled, multiply, parseScaled, type Rounding } from './decimal.ts'

export { exponentOf, isCurrency } from './currency.ts'

/** An exact amount with all digits of its currency ("12.50"); frozen. The type keeps the literal currency. */
export interface Money<C extends string = string> {
  readonly amount: string
  readonly currency: C
}

/** Makes money from a plain decimal text. Fails with RangeError for another form, finer digits or a sum too large. */
export function moneyOf<const C extends string>(currency: C, amount: string): Money<C> {
  return fromMinor(minorOf(currency, amount), currency)
}

/** The amount in the currency's smallest unit, a safe integer. Fails with RangeError if it is not one. */
export function toMinor(money: Money): number {
  return minorOf(money.currency, money.amount)
}

/** Money from a whole number of the smallest unit. Fails with RangeError unless it is a safe integer. */
export function fromMinor<const C extends string>(minor: number, currency: C): Money<C> {
  const exponent = exponentOf(currency)
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${minor} minor units of ${currency} is not a safe integer`)
  return Object.freeze({ amount: formatScaled(minor, exponent), currency })
}

/** The sum of two amounts of one currency. */
export function add<C extends string>(one: Money<C>, other: Money<NoInfer<C>>): Money<C> {
  sameCurrency(one.currency, other.currency)
  return fromMinor(toMinor(one) + toMinor(other), one.currency)
}

/** What is left of the first amount without the second. */
export function subtract<C extends string>(one: Money<C>, other: Money<NoInfer<C>>): Money<C> {
  sameCurrency(one.currency, other.currency)
  return fromMinor(toMinor(one) - toMinor(other), one.currency)
}

/** The same amount so many times. Fails with RangeError for a factor that is not whole, or a product too large. */
export function times<C extends string>(money: Money<C>, factor: number): Money<C> {
  if (!Number.isSafeInteger(factor)) throw new RangeError(`money is multiplied by whole numbers; ${factor} is not one`)
  // The product of two safe integers may be beyond 2^53; then it is not safe either, so rounding cannot hide it.
  return fromMinor(toMinor(money) * factor, money.currency)
}

/** A decimal share of an amount, rounded to the smallest unit: portion(price, '0.85') is the price with 15 % off. */
export function portion<C extends string>(money: Money<C>, share: string, rounding: Rounding = 'halfUp'): Money<C> {
  const point = share.indexOf('.')
  const scale = point === -1 ? 0 : share.length - point - 1
  const factor = parseScaled(share, scale)
  if (factor === undefined) throw new RangeError(`"${share}" is not a plain decimal such as "0.85"`)
  return fromMinor(Number(multiply(BigInt(toMinor(money)), factor, scale, rounding)), money.currency)
}

/** The sum of a list; an empty one is zero of the currency. */
export function sumOf<const C extends string>(currency: C, list: Iterable<Money<NoInfer<C>>>): Money<C> {
  let sum = 0
  for (const money of list) {
    sameCurrency(currency, money.currency)
    sum += toMinor(money)
    // Checked at each step: past 2^53 a sum is rounded, and could come back looking whole.
    if (!Number.isSafeInteger(sum)) throw new RangeError(`the sum of ${currency} is too large`)
  }
  return fromMinor(sum, currency)
}

/** -1, 0 or 1, by value. */
export function compare<C extends string>(one: Money<C>, other: Money<NoInfer<C>>): -1 | 0 | 1 {
  sameCurrency(one.currency, other.currency)
  const difference = toMinor(one) - toMinor(other)
  if (difference === 0) return 0
  return difference < 0 ? -1 : 1
}

/** Whether the amount is zero. */
export function isZero(money: Money): boolean {
  return toMinor(money) === 0
}

/** The amount with the other sign. */
export function negate<C extends string>(money: Money<C>): Money<C> {
  return fromMinor(-toMinor(money), money.currency)
}

/**
 * Splits an amount by whole-number ratios so that the parts sum to it exactly: what rounding leaves goes one unit each
 * to the largest remainders, earlier parts first. Fails with RangeError for no, negative or all-zero ratios.
 */
export function allocate<C extends string>(money: Money<C>, ratios: readonly number[]): Money<C>[] {
  const whole = wholeOf(ratios)
  const minor = BigInt(toMinor(money))
  const size = minor < 0n ? -minor : minor
  const parts = ratios.map((ratio, at) => {
    const share = size * BigInt(ratio)
    return { at, units: share / whole, rest: share % whole }
  })
  const left = Number(size - parts.reduce((sum, { units }) => sum + units, 0n))
  const byRest = parts.toSorted((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest < b.rest ? 1 : -1))
  for (const part of byRest.slice(0, left)) part.units += 1n
  return parts.map(({ units }) => fromMinor(Number(minor < 0n ? -units : units), money.currency))
}

function wholeOf(ratios: readonly number[]): bigint {
  if (!ratios.every((ratio) => Number.isSafeInteger(ratio) && ratio >= 0)) {
    throw new RangeError('ratios are whole numbers that are not negative')
  }
  const whole = ratios.reduce((sum, ratio) => sum + BigInt(ratio), 0n)
  if (whole === 0n) throw new RangeError('at least one ratio must be above zero')
  return whole
}

function minorOf(currency: string, amount: string): number {
  const scaled = parseScaled(amount, exponentOf(currency))
  const minor = Number(scaled)
  if (scaled === undefined) throw new RangeError(`"${amount}" is not an amount of ${currency}`)
  if (!Number.isSafeInteger(minor)) throw new RangeError(`"${amount}" ${currency} is too large to be exact`)
  return minor
}

function sameCurrency(one: string, other: string): void {
  if (one !== other) throw new TypeError(`${one} and ${other} are different currencies and cannot be mixed`)
}
