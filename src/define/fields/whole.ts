// What the kinds in integer columns share: comparisons, and samples between two bounds.
import type { Operator } from '../field.ts'

/** Comparisons in the order of numbers. */
export const numberOperators: readonly Operator[] = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'null']

/** A value between the bounds, another for each `n` as far as they allow, `step` apart, starting near zero. */
export function sampleWhole(n: number, min: bigint, max: bigint, step: bigint): bigint {
  const size = max - min + 1n
  const start = min > 0n ? min : max < 0n ? max : 0n
  const offset = (start - min + BigInt(n) * (size > step * 1_000n ? step : 1n)) % size
  return min + offset
}
