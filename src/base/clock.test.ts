import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownedClock, systemClock } from './clock.ts'

test('the owned clock stands still until it is moved', () => {
  const clock = ownedClock('2026-01-01T00:00:00.000Z')
  assert.equal(clock.now().toISOString(), '2026-01-01T00:00:00.000Z')

  clock.advance(1_500)
  assert.equal(clock.now().toISOString(), '2026-01-01T00:00:01.500Z')
  assert.equal(clock.ms(), clock.now().getTime())

  clock.set('2025-01-01T00:00:00Z')
  assert.equal(clock.ms(), Date.parse('2025-01-01T00:00:00Z'))
})

test('a date that was given out does not move the clock', () => {
  const clock = ownedClock('2026-01-01T00:00:00.000Z')
  clock.now().setFullYear(1999)
  assert.equal(clock.now().getUTCFullYear(), 2026)
})

test('a text that is no instant is refused', () => {
  for (const text of ['', 'soon', '2026-13-01']) assert.throws(() => ownedClock(text), RangeError)
})

test('the system clock tells one time in both forms', () => {
  const before = systemClock.ms()
  const between = systemClock.now().getTime()
  assert.ok(before <= between && between <= systemClock.ms() && before > Date.parse('2026-01-01T00:00:00Z'))
})
