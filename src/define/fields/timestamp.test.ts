// Tests of timestamps: instants that exist, to the millisecond, always answered in UTC.
import { throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { mebibyte, notText, refuses, samples, somewhere, survives, takes } from './test_judging.ts'
import { timestamp } from './timestamp.ts'

const years = {
  min: new Date('0001-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
}

describe('timestamp', () => {
  test('what is no instant is refused', () => {
    refuses(timestamp(), [
      ...notText,
      ...[
        '',
        '2026-02-31T12:00:00.000Z',
        '2025-02-29T12:00:00.000Z',
        '2026-13-01T12:00:00.000Z',
        '2026-01-01T24:00:00.000Z',
        '2026-01-01T12:60:00.000Z',
        '2026-06-30T23:59:60.000Z',
        '2026-01-31T12:00:00.000',
        '2026-01-31T12:00:00.0001Z',
        '2026-01-31 12:00:00',
        '2026-01-31',
        '0000-12-31T00:00:00.000Z',
        '0001-01-01T00:00:00.000+00:01',
        '9999-12-31T23:59:59.999-00:01',
        '+010000-01-01T00:00:00.000Z',
        '2026-01-31T12:00:00.000Z\0',
        '2026-01-31T12:00:00.000\uD800',
        '1767225600000',
        'Fri, 30 Jan 2026 12:00:00 GMT',
        'NaN',
        mebibyte,
      ].map((wire) => [`the text ${JSON.stringify(wire).slice(0, 40)}`, wire, 'bad_format'] as const),
    ])
  })

  test('another offset is brought to UTC', () => {
    takes(timestamp(), '2026-01-31T14:00:00.5+02:00', new Date('2026-01-31T12:00:00.500Z'))
    takes(timestamp(), '2026-01-31T12:00:00Z', new Date('2026-01-31T12:00:00.000Z'))
  })

  test('any instant comes back as its canonical text', () => {
    survives(
      timestamp(),
      fc.date(years).map((one) => one.toISOString()),
    )
  })

  test('samples are instants that differ', () => samples(timestamp(), 200))

  test('server code cannot write what is no instant', () => {
    const place = somewhere

    throws(() => timestamp().kind.toStored(new Date(Number.NaN), place), TypeError)
    throws(() => timestamp().kind.toStored(new Date(8.64e15), place), TypeError)
    throws(() => timestamp().kind.toStored('2026-01-31T12:00:00.000Z', place), TypeError)
    throws(() => timestamp({ default: new Date(Number.NaN) }), TypeError)
  })
})
