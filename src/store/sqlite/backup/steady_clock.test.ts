// The times of a backup never go back, whatever the machine's clock does.
import assert from 'node:assert/strict'
import test from 'node:test'
import { ownedClock } from '../../../base/clock.ts'
import { steadyClock } from './steady_clock.ts'

test('a clock that is put back stands still until its time comes again', () => {
  const machine = ownedClock('2026-08-01T10:00:00.000Z')
  const clock = steadyClock(machine, 0)
  const before = clock.ms()

  machine.set('2026-08-01T09:00:00.000Z')
  assert.equal(clock.ms(), before)
  machine.set('2026-08-01T10:00:00.001Z')
  assert.equal(clock.ms(), before + 1)
})

test('no time is before the last one of an earlier process', () => {
  const clock = steadyClock(ownedClock('2026-08-01T10:00:00.000Z'), Date.parse('2026-08-01T11:00:00.000Z'))

  assert.equal(clock.now().toISOString(), '2026-08-01T11:00:00.000Z')
})
