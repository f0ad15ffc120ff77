import assert from 'node:assert/strict'
import { test } from 'node:test'
import { duration, type Duration } from './duration.ts'

test('a duration is a whole number and a unit', () => {
  const cases: [Duration, number][] = [
    ['0s', 0],
    ['500ms', 500],
    ['15s', 15_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ]
  for (const [text, ms] of cases) assert.equal(duration(text), ms)
})

test('another form does not compile, and is refused when it comes from outside', () => {
  // @ts-expect-error: not whole
  assert.throws(() => duration('1.5h'), TypeError)
  // @ts-expect-error: no unit
  assert.throws(() => duration('15'), TypeError)
  // @ts-expect-error: no such unit
  assert.throws(() => duration('1w'), TypeError)
  for (const text of ['-1s', '0x1s', '1e3s', '9007199254740993ms', ' 1s', '1s\n', '']) {
    // Such texts come from the environment, where no type is checked.
    assert.throws(() => duration(text as Duration), TypeError, text)
  }
})
