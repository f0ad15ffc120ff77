// Tests of patterns: the slow ones are refused, and the accepted ones are fast on the texts made to slow them.
import { doesNotThrow, ok, throws } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { execPath } from 'node:process'
import { describe, test } from 'node:test'
import { compilePattern } from './pattern.ts'

const slow: readonly (readonly [string, string])[] = [
  ['(a+)+', 'repeats a group'],
  ['(?:a*)*', 'repeats a group'],
  ['(?:a|a)*', 'repeats a group'],
  ['(a?){50}', 'repeats a group'],
  ['(?:(?:ab?)c)+', 'repeats a group'],
  ['(x+x+)+y', 'repeats a group'],
  ['a*a*a*a*a*b', 'too many ways'],
  ['(?:a*)(?:a*)(?:a*)(?:a*)b', 'too many ways'],
  ['(a)\\1', 'refers back'],
  ['(?<one>a)\\k<one>', 'refers back'],
  ['(?<=a)b', 'looks around'],
  ['(?<!a)b', 'looks around'],
  ['(?=a)a', 'looks around'],
  ['(?!a)b', 'looks around'],
  ['(?i:a)', 'looks around'],
  ['a)b', 'without its ('],
  ['(a', 'without its )'],
  ['[a', 'without its ]'],
  ['a{2', 'is not a regular expression'],
  ['*', 'is not a regular expression'],
]

const fast: readonly (readonly [string, string])[] = [
  ['[a-z]+', 'a'],
  ['\\d{3}-\\d{4}', '1'],
  ['(?:[0-9a-f]{2}:){5}[0-9a-f]{2}', '00:'],
  ['a*a*a*b', 'a'],
  ['[^)(|]+\\)', ')'],
  ['(?<area>\\d+) (?:\\p{L}{1,20}|\\u{1F600})', '1'],
  ['(?:abc){2,9}', 'abc'],
  ['[\\]a-z]+?x?', 'a'],
]

describe('pattern', () => {
  for (const [source, why] of slow) {
    test(`/${source}/ is refused`, () =>
      throws(
        () => compilePattern(source, 200),
        (error: Error) => error.message.includes(why),
      ))
  }

  for (const [source, part] of fast) {
    test(`/${source}/ is accepted and never slow`, () => {
      const shape = compilePattern(source, 200)
      const began = performance.now()

      shape.test(`${part.repeat(200).slice(0, 199)}!`)

      ok(performance.now() - began < 1_000)
    })
  }

  // This process may match without backtracking (a flag of V8), so the question is asked in one that does not.
  test('what is refused is slow indeed', () => {
    const ask = `
      const milliseconds = (length) => {
        const began = performance.now()
        ;/^(?:(a+)+)$/.test('a'.repeat(length) + '!')
        return performance.now() - began
      }
      process.stdout.write(String(milliseconds(22) / Math.min(...[12, 12, 12].map(milliseconds))))`

    const times = Number(execFileSync(execPath, ['-e', ask], { encoding: 'utf8' }))

    ok(times > 16, `ten more letters are a thousand times the steps; they took ${times} times as long`)
  })

  test('a shorter text allows more repetitions', () => {
    throws(() => compilePattern('\\w+-\\w+-\\w+-\\w+', 200), /lower max or repeat less/)
    doesNotThrow(() => compilePattern('\\w+-\\w+-\\w+-\\w+', 50))
  })
})
