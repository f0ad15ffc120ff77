// The time of a try tells nothing of whether the account is there: Welch's t over interleaved samples.
import { ok } from 'node:assert/strict'
import { test } from 'node:test'
import { passwords } from './test_passwords.ts'
import { presets } from './schemes.ts'

const rounds = 150

test('an account that is missing takes as long as one that is there; a quick way out does not', async () => {
  const { hash, verify } = passwords({ preset: presets.standard })
  const stored = await hash('correct horse battery staple')
  const tries: Readonly<Record<string, () => Promise<unknown>>> = {
    there: () => verify(stored, 'wrong and long'),
    // The same again: as far as these two lie apart, the machine lies.
    again: () => verify(stored, 'wrong and long'),
    missing: () => verify(null, 'wrong and long'),
    quick: () => Promise.resolve(),
  }
  const samples = new Map(Object.keys(tries).map((name) => [name, [] as number[]]))
  for (let round = 0; round < rounds; round++)
    for (const [name, attempt] of Object.entries(tries)) {
      const began = performance.now()
      await attempt()
      samples.get(name)?.push(performance.now() - began)
    }
  const [there = [], again = [], missing = [], quick = []] = [...samples.values()]
  const noiseMs = standardError(there, again)

  ok(Math.abs(welch(there, missing)) < 4.5, `t = ${welch(there, missing)}`)
  ok(Math.abs(welch(there, quick)) > 14, `t = ${welch(there, quick)}`)
  const gapMs = Math.abs(median(there) - median(missing))
  ok(gapMs < Math.max(1, 3 * noiseMs), `${gapMs} ms apart, where noise is ${noiseMs} ms`)
})

function welch(one: readonly number[], other: readonly number[]): number {
  return (mean(one) - mean(other)) / standardError(one, other)
}

const standardError = (one: readonly number[], other: readonly number[]): number =>
  Math.sqrt(variance(one) / one.length + variance(other) / other.length)

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const variance = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1)

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
