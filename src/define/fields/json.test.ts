// Tests of JSON values: what would change on the way to a column and back is refused, with its place.
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { json } from './json.ts'
import { mebibyte, refuses, samples, somewhere, survives, takes, wrong } from './test_judging.ts'

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

describe('json', () => {
  test('what would change on its way is refused where it stands', () => {
    refuses(json(), [
      ['2^53', { a: [0, 2 ** 53] }, 'too_large', '/it/a/1'],
      ['-2^53', -(2 ** 53), 'too_small'],
      ['1e400', JSON.parse('{"a":1e400}'), 'too_large', '/it/a'],
      ['minus zero', JSON.parse('{"a":-0}'), 'bad_format', '/it/a'],
      ['NaN', [Number.NaN], 'wrong_type', '/it/0'],
      ['NUL', { 'a/b': 'x\0' }, 'bad_characters', '/it/a~1b'],
      ['half a pair', ['\uD800'], 'bad_characters', '/it/0'],
      ['a key with NUL', JSON.parse('{"a\\u0000":1}'), 'bad_characters', '/it/a\0'],
      ['a key with half a pair', { '\uDC00': 1 }, 'bad_characters', '/it/\uDC00'],
      ['a key named __proto__', JSON.parse('{"a":{"__proto__":{"x":1}}}'), 'unknown', '/it/a/__proto__'],
      ['a level too deep', nested(17), 'too_large', `/it${'/0'.repeat(16)}`],
      ['a mebibyte', mebibyte, 'too_long'],
      ['more bytes than characters', 'ä'.repeat(10_000), 'too_long'],
      ['a hundred thousand items', Array.from({ length: 100_000 }, () => 0), 'too_long'],
      ['a key of a mebibyte', { [mebibyte]: 1 }, 'too_long'],
      ['a bigint', [5n], 'wrong_type', '/it/0'],
      ['undefined', [undefined], 'wrong_type', '/it/0'],
      ['a function', { f: () => 1 }, 'wrong_type', '/it/f'],
      ['a Date', { at: new Date(0) }, 'wrong_type', '/it/at'],
      ['a Map', new Map(), 'wrong_type'],
    ])
  })

  test('a ring ends at the depth allowed', () => {
    const ring: { self?: unknown } = {}
    ring.self = ring

    deepEqual(
      wrong(json(), ring).map((one) => one.code),
      ['too_large'],
    )
  })

  test('every wrong place is named, at most a hundred', () => {
    deepEqual(
      wrong(json(), [-0, 'ok', Number.NaN]).map((one) => one.pointer),
      ['/it/0', '/it/2'],
    )
    equal(
      wrong(
        json(),
        Array.from({ length: 500 }, () => -0),
      ).length,
      100,
    )
  })

  test('a pointer does not carry a long key back', () => {
    const found = wrong(json(), { ['k'.repeat(5_000)]: -0 })

    ok((found[0]?.pointer.length ?? 9_999) < 200)
  })

  test('both bounds are within them', () => {
    takes(json(), nested(16), nested(16))
    takes(json({ maxDepth: 0 }), 'a', 'a')
    takes(json({ maxBytes: 10 }), 'abcdefgh', 'abcdefgh')
    deepEqual(wrong(json({ maxBytes: 9 }), 'abcdefgh')[0]?.code, 'too_long')
    deepEqual(wrong(json({ maxDepth: 0 }), [])[0]?.code, 'too_large')
    takes(json(), { toString: 1, constructor: null, valueOf: [] }, { toString: 1, constructor: null, valueOf: [] })
  })

  test('any JSON value comes back equal', () => {
    const values = fc.jsonValue({ maxDepth: 4, noUnicodeString: false })

    survives(
      json({ maxBytes: 1_000_000 }),
      values.filter((one) => one !== null && wrong(json({ maxBytes: 1_000_000 }), one).length === 0),
    )
  })

  test('neither filtered nor sorted by, nor unique', () => {
    deepEqual(json().kind.operators, [])
    equal(json().kind.sortable, false)
    throws(() => json({ unique: true }), /cannot be unique/)
  })

  test('server code writes what JSON can say', () => {
    throws(() => json().kind.toStored(undefined, somewhere), TypeError)
    throws(() => json().kind.toStored(() => 1, somewhere), TypeError)
  })

  test('samples fit and differ', () => {
    samples(json(), 100)
    samples(json({ maxBytes: 2, maxDepth: 0 }), 10)
  })
})
