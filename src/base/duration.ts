// Durations as people write them, '15s' or '2h', in milliseconds.

/** A whole number and its unit: milliseconds, seconds, minutes, hours, days. */
export type Duration = `${bigint}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** The duration in milliseconds. Fails with TypeError for a form such as '1.5h', '-1s' or one beyond 2^53 ms. */
export function duration(text: Duration): number {
  const [, count, unit = ''] = /^([0-9]+)(ms|s|m|h|d)$/.exec(text) ?? []
  const ms = Number(count) * (unitMs.get(unit) ?? Number.NaN)
  if (!Number.isSafeInteger(ms)) throw new TypeError(`"${text}" is not a duration such as '500ms', '15s', '2h', '1d'`)
  return ms
}
