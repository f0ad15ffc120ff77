import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isDate, parseInstant } from './calendar.ts'

const firstMs = Date.parse('0001-01-01T00:00:00.000Z')
const lastMs = Date.parse('9999-12-31T23:59:59.999Z')

test('a date exists or is refused', () => {
  for (const text of ['2026-02-28', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])
    assert.ok(isDate(text), text)
  const hostile = [
    '2026-02-29',
    '2026-02-31',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
    '0000-01-01',
    '10000-01-01',
    '-001-01-01',
    '+2026-01-01',
    '2026-1-1',
    '26-01-01',
    '20260101',
    '2026/01/01',
    '2026-01-01 ',
    ' 2026-01-01',
    '2026-01-01T00:00:00Z',
    '',
    'today',
    '2026-01-0١',
    '２０２６-01-01',
    '2026-01-1\n',
    '\0'.repeat(10),
    '2026-01-01'.repeat(1e6),
  ]
  for (const text of hostile) assert.equal(isDate(text), false, text.slice(0, 40))
  // Negative control: the platform's own reading takes days that do not exist.
  assert.equal(new Date('2026-02-31T00:00:00Z').toISOString().slice(0, 10), '2026-03-03')
})

test('every instant has one form', () => {
  const cases: Record<string, string> = {
    '2026-11-25T04:17:22.123Z': '2026-11-25T04:17:22.123Z',
    '2026-11-25T04:17:22Z': '2026-11-25T04:17:22.000Z',
    '2026-11-25t04:17:22z': '2026-11-25T04:17:22.000Z',
    '2026-11-25T04:17:22.1Z': '2026-11-25T04:17:22.100Z',
    '2026-11-25T04:17:22.120000000Z': '2026-11-25T04:17:22.120Z',
    '2026-11-25T01:00:00+02:00': '2026-11-24T23:00:00.000Z',
    '2024-02-28T23:30:00.5-00:45': '2024-02-29T00:15:00.500Z',
    '2026-01-01T00:00:00-00:00': '2026-01-01T00:00:00.000Z',
    '2026-12-31T23:59:59.999-23:59': '2027-01-01T23:58:59.999Z',
    '0001-01-01T00:00:00Z': '0001-01-01T00:00:00.000Z',
    '0000-12-31T23:00:00-01:00': '0001-01-01T00:00:00.000Z',
  }
  for (const [text, canonical] of Object.entries(cases)) assert.equal(parseInstant(text), canonical, text)
})

test('what is no instant, or would have to be changed to be one, is refused', () => {
  const hostile = [
    '',
    'now',
    '2026-11-25',
    '2026-11-25T04:17:22',
    '2026-11-25 04:17:22Z',
    '2026-11-25T04:17Z',
    '1732508242',
    '2026-02-31T00:00:00Z',
    '2026-11-25T24:00:00Z',
    '2026-11-25T23:60:00Z',
    '2026-12-31T23:59:60Z',
    '2016-12-31T23:59:60Z',
    '2026-11-25T04:17:22.1234Z',
    '2026-11-25T04:17:22.0001Z',
    '2026-11-25T04:17:22.Z',
    '2026-11-25T04:17:22,5Z',
    '2026-11-25T04:17:22+24:00',
    '2026-11-25T04:17:22+01:60',
    '2026-11-25T04:17:22+0100',
    '2026-11-25T04:17:22+01',
    '2026-11-25T04:17:22ZZ',
    '2026-11-25T04:17:22Z ',
    ' 2026-11-25T04:17:22Z',
    '2026-11-25T04:17:22.123z\n',
    '2026-11-25T04:17:22.12eZ',
    '0000-06-01T00:00:00Z',
    '0000-06-01T00:00:00.000Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '-000001-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '2026-11-25T04:17:22.+12Z',
    '2026-11-25T 4:17:22.000Z',
    `2026-11-25T04:17:22.${'0'.repeat(1e7)}Z`,
    '2026-11-25T04:17:22.１23Z',
    '2026-11-25T04:17:22.123\0',
    '\ud800'.repeat(24),
  ]
  for (const text of hostile) assert.equal(parseInstant(text), undefined, text.slice(0, 60))
})

test('the calendar agrees with the platform on every instant and offset', () => {
  const instants = fc.integer({ min: firstMs, max: lastMs })
  fc.assert(
    fc.property(instants, fc.integer({ min: -1439, max: 1439 }), (ms, offset) => {
      const canonical = new Date(ms).toISOString()
      assert.equal(parseInstant(canonical), canonical)
      const local = new Date(ms + offset * 60_000).toISOString()
      if (local.length !== 24) return
      const size = Math.abs(offset)
      const zone = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0')).join(':')
      assert.equal(parseInstant(`${local.slice(0, -1)}${offset < 0 ? '-' : '+'}${zone}`), canonical)
    }),
    { numRuns: 2_000 },
  )
})

test('every day of four centuries is counted', () => {
  for (let ms = Date.parse('1800-01-01T00:00:00Z'); ms < Date.parse('2200-01-02T00:00:00Z'); ms += 86_400_000) {
    const day = new Date(ms).toISOString()
    assert.ok(isDate(day.slice(0, 10)))
    assert.equal(parseInstant(`${day.slice(0, 19)}+00:00`), day)
  }
})
