// What was a moment ago: not what lies hours ahead because the clock was set back, as a plain difference would say.
import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { isRecent } from './recent.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const minute = 60_000

/** The fault: what everybody writes. */
const isRecentByDifference = (atMs: number, nowMs: number, mostMs: number): boolean => nowMs - atMs <= mostMs

test('a time ahead by more than two clocks may differ is not recent; the control takes it for that', () => {
  equal(isRecentByDifference(now + 120 * minute, now, minute), true, 'the control: the fault shows')
  const ahead = [0, 30_000, minute, minute + 1, 120 * minute]
  deepEqual(
    ahead.map((ms) => isRecent(now + ms, now, minute)),
    [true, true, true, false, false],
  )
})

test('a time gone by is recent up to the last millisecond', () => {
  deepEqual(
    [0, minute, minute + 1].map((ms) => isRecent(now - ms, now, minute)),
    [true, true, false],
  )
})
