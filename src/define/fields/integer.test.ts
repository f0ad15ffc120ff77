// Tests of integers: exact JSON numbers, and 64 bits as text where they are wide.
import { deepEqual, equal, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { integer } from './integer.ts'
import { type Case, foreign, mebibyte, refuses, samples, somewhere, survives, takes } from './test_judging.ts'

const notNumber: readonly Case[] = [
  ...foreign,
  ['a text of digits', '5', 'wrong_type'],
  ['an empty text', '', 'wrong_type'],
  ['a mebibyte', mebibyte, 'wrong_type'],
  ['true', true, 'wrong_type'],
  ['NaN', Number.NaN, 'wrong_type'],
  ['NaN as text', 'NaN', 'wrong_type'],
  ['a bigint', 5n, 'wrong_type'],
]

describe('integer', () => {
  test('what is no whole number in bounds is refused', () => {
    refuses(integer({ min: -1, max: 99 }), [
      ...notNumber,
      ['one below the least', -2, 'too_small'],
      ['one above the most', 100, 'too_large'],
      ['a fraction', JSON.parse('1.5'), 'bad_format'],
      ['minus zero', JSON.parse('-0'), 'bad_format'],
      ['1e400', JSON.parse('1e400'), 'too_large'],
      ['-1e400', JSON.parse('-1e400'), 'too_small'],
    ])
  })

  test('a number that JSON has rounded already is refused', () => {
    refuses(integer(), [
      ['2^53', 2 ** 53, 'too_large'],
      ['2^53 + 1', JSON.parse('9007199254740993'), 'too_large'],
      ['-2^53', -(2 ** 53), 'too_small'],
      ['1e400', JSON.parse('1e400'), 'too_large'],
    ])
  })

  test('both bounds are within them', () => {
    for (const one of [-1, 0, 99]) takes(integer({ min: -1, max: 99 }), one, one)
    takes(integer(), Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    takes(integer(), Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER)
    takes(integer(), JSON.parse('5.0'), 5)
    takes(integer(), JSON.parse('1e2'), 100)
  })

  test('any integer comes back as it was sent', () => survives(integer(), fc.maxSafeInteger()))

  test('samples keep any bounds and differ as far as they allow', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(1_000), (min, more) => {
        const max = Math.min(min + more, Number.MAX_SAFE_INTEGER)
        samples(integer({ min, max }), Math.min(max - min + 1, 50))
      }),
      { numRuns: 50 },
    )
    samples(integer(), 200)
  })

  test('a text of a query becomes a number only where it is one in canonical form', () => {
    const { kind } = integer()

    deepEqual(
      ['0', '-5', '42', '9007199254740993'].map((query) => kind.fromText(query)),
      [0, -5, 42, 9007199254740992],
    )
    for (const odd of ['', '-0', '05', '+5', '5.0', '1e3', '0x10', ' 5', '5 ', 'Infinity', 'NaN', '1_0', mebibyte]) {
      equal(kind.fromText(odd), odd)
      equal(kind.parse(kind.fromText(odd), '', { found: [], add: () => {} }), undefined)
    }
  })

  test('server code cannot write what a column would round', () => {
    const { kind } = integer()

    for (const odd of [1.5, Number.NaN, Infinity, 2 ** 53, '5', 5n, null]) {
      throws(() => kind.toStored(odd, somewhere), TypeError, String(odd))
    }
    equal(Object.is(kind.toStored(-0, somewhere), 0), true)
  })

  test('a definition that holds nothing is refused', () => {
    throws(() => integer({ min: 2, max: 1 }), /min 2 is above max 1/)
    throws(() => integer({ max: 2 ** 53 }), /use wide for more/)
    throws(() => integer({ min: 0.5 }), TypeError)
    throws(() => integer({ min: 1, default: 0 }), /default is refused by the field itself: Must be at least 1/)
    throws(() => integer({ min: 1, example: 0 }), /example is refused/)
  })

  test('the contract tells the bounds and the format', () => {
    deepEqual(integer({ min: 0, max: 9 }).kind.schema, { type: 'integer', format: 'int32', minimum: 0, maximum: 9 })
    equal(integer({ max: 2 ** 31 }).kind.schema.format, 'int64')
  })
})

describe('wide integer', () => {
  const most = '9223372036854775807'
  const least = '-9223372036854775808'

  test('what is no 64-bit number in text is refused', () => {
    refuses(integer({ wide: true }), [
      ...foreign,
      ['a JSON number', 5, 'wrong_type'],
      ['NaN', Number.NaN, 'wrong_type'],
      ['true', true, 'wrong_type'],
      ['one above 2^63 - 1', '9223372036854775808', 'too_large'],
      ['one below -2^63', '-9223372036854775809', 'too_small'],
      ['a mebibyte of digits', '9'.repeat(1_048_576), 'bad_format'],
      ...['', '-0', '-', '05', '+5', '5.0', '1e3', '0x10', ' 5', '5\n', 'NaN', '٥', '5\0', '5\uD800'].map(
        (odd) => [`the text ${JSON.stringify(odd)}`, odd, 'bad_format'] as const,
      ),
    ])
    refuses(integer({ wide: true, min: 1n, max: 10n }), [
      ['one below the least', '0', 'too_small'],
      ['one above the most', '11', 'too_large'],
    ])
  })

  test('both bounds are within them', () => {
    takes(integer({ wide: true }), most, 2n ** 63n - 1n)
    takes(integer({ wide: true }), least, -(2n ** 63n))
    takes(integer({ wide: true, min: 1n, max: 10n }), '1', 1n)
    takes(integer({ wide: true, min: 1n, max: 10n }), '10', 10n)
  })

  test('any 64-bit number comes back as it was sent', () => {
    survives(integer({ wide: true }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String))
  })

  test('samples keep the bounds and differ', () => {
    samples(integer({ wide: true }), 200)
    samples(integer({ wide: true, min: 2n ** 63n - 9n }), 9)
  })

  test('server code writes 64 bits or nothing, and no column holds more', () => {
    const { kind } = integer({ wide: true })

    for (const odd of [5, '5', 2n ** 63n]) throws(() => kind.toStored(odd, somewhere), TypeError)
    equal(kind.storage, 'wide')
    deepEqual(kind.checks, [{ check: 'between', min: least, max: most }])
    throws(() => integer({ wide: true, max: 2n ** 63n }), TypeError)
  })
})
