// Tests of dates: days that exist, written in one way.
import { throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { date } from './date.ts'
import { mebibyte, notText, refuses, samples, somewhere, survives, takes } from './test_judging.ts'

const years = { min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }

describe('date', () => {
  test('what is no day is refused', () => {
    refuses(date(), [
      ...notText,
      ...[
        '',
        '2026-02-31',
        '2025-02-29',
        '1900-02-29',
        '2026-00-10',
        '2026-13-10',
        '2026-01-00',
        '2026-1-1',
        '26-01-01',
        '0000-01-01',
        '10000-01-01',
        '-001-01-01',
        '2026-01-01T00:00:00Z',
        '2026-01-01\n',
        '2026-01-0\0',
        '2026-01-0\uD800',
        '２０２６-01-01',
        mebibyte,
      ].map((wire) => [`the text ${JSON.stringify(wire).slice(0, 30)}`, wire, 'bad_format'] as const),
    ])
  })

  test('both ends of the calendar and leap days are taken', () => {
    for (const one of ['0001-01-01', '9999-12-31', '2024-02-29', '2000-02-29']) takes(date(), one, one)
  })

  test('any day comes back as it was sent', () => {
    survives(
      date(),
      fc.date(years).map((one) => one.toISOString().slice(0, 10)),
    )
  })

  test('samples are days that differ', () => samples(date(), 400))

  test('server code cannot write a day that does not exist', () => {
    for (const odd of ['2026-02-31', new Date(), 20260101])
      throws(() => date().kind.toStored(odd, somewhere), TypeError)
    throws(() => date({ default: '2026-02-31' }), TypeError)
  })
})
