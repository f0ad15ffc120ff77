// Schedules, as often as every day has time for, and what cron makes of the nights when clocks change.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timesOf } from './cron.ts'
import { scheduleTests } from './test_schedules.ts'

scheduleTests(15)

void test('a time that the clocks skip is due when they have, one that comes twice the first time', () => {
  const { after, upTo } = timesOf({ name: 'nightly', cron: '30 2 * * *', zone: 'Europe/Berlin' })

  const [spring, autumn] = ['2026-03-28T12:00:00Z', '2026-10-24T12:00:00Z'].map((from) => after(Date.parse(from)) ?? 0)

  assert.equal(new Date(spring!).toISOString(), '2026-03-29T01:00:00.000Z')
  assert.equal(new Date(autumn!).toISOString(), '2026-10-25T00:30:00.000Z')
  assert.equal(new Date(after(autumn!) ?? 0).toISOString(), '2026-10-26T01:30:00.000Z')
  assert.equal(upTo(autumn!), autumn)
  assert.equal(upTo(autumn! - 1), Date.parse('2026-10-24T00:30:00Z'))
})
