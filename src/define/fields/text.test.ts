// Tests of text: bounds in code points, characters no column holds, patterns.
import { deepEqual, equal, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { mebibyte, notText, refuses, samples, survives, takes } from './test_judging.ts'
import { text } from './text.ts'

describe('text', () => {
  test('a text of another type, size or character is refused', () => {
    refuses(text({ min: 2, max: 5 }), [
      ...notText,
      ['one character too few', 'a', 'too_short'],
      ['one character too many', 'abcdef', 'too_long'],
      ['one emoji too few', '😀', 'too_short'],
      ['one emoji too many', '😀😀😀😀😀😀', 'too_long'],
      ['a mebibyte', mebibyte, 'too_long'],
      ['NUL', 'a\0b', 'bad_characters'],
      ['half a pair, the first', 'a\uD800', 'bad_characters'],
      ['half a pair, the second', '\uDC00ab', 'bad_characters'],
      ['an empty text', '', 'too_short'],
    ])
  })

  test('both bounds are within them, counted in code points', () => {
    const field = text({ min: 2, max: 5 })

    for (const one of ['ab', 'abcde', '😀😀', '😀😀😀😀😀', 'ä日']) takes(field, one, one)
    takes(text(), '', '')
    takes(text(), 'x'.repeat(200), 'x'.repeat(200))
  })

  test('any text comes back as it was sent', () => {
    survives(
      text({ max: 1000 }),
      fc.string({ unit: 'binary', maxLength: 100 }).filter((one) => !one.includes('\0')),
    )
  })

  test('samples keep the bounds and differ as far as they allow', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 30 }), (min, more) => {
        samples(text({ min, max: min + more }), 30)
      }),
      { numRuns: 50 },
    )
  })

  test('a pattern binds the whole text and is told by its example', () => {
    const field = text({ pattern: '[A-Z]{2}-\\d{4}|none', example: 'AB-1234' })

    takes(field, 'AB-1234', 'AB-1234')
    takes(field, 'none', 'none')
    refuses(field, [
      ['more at the end', 'AB-12345', 'bad_format'],
      ['more at the beginning', 'xAB-1234', 'bad_format'],
      ['a line break at the end', 'AB-1234\n', 'bad_format'],
      ['another alternative with more', 'nonesuch', 'bad_format'],
    ])
    deepEqual(field.kind.schema.pattern, '^(?:[A-Z]{2}-\\d{4}|none)$')
    equal(field.kind.sample(7), 'AB-1234')
  })

  test('a definition that holds nothing or says nonsense is refused', () => {
    throws(() => text({ min: 3, max: 2 }), /min 3 is above max 2/)
    throws(() => text({ max: 0 }), /max is a whole number from 1 to 100000/)
    throws(() => text({ max: 100_001 }), TypeError)
    throws(() => text({ min: 1.5 }), TypeError)
    throws(() => text({ pattern: 'a' }), /needs an example/)
    throws(() => text({ pattern: 'a', example: 'b' }), /example is refused by the field itself/)
    throws(() => text({ max: 2, default: 'abc' }), /default is refused by the field itself: Must be at most 2/)
    throws(() => text({ default: 'a\0' }), TypeError)
  })

  test('only text that ignores case is folded', () => {
    equal(text({ ignoreCase: true }).kind.folded, true)
    equal(text().kind.folded, false)
  })

  test('server code cannot write what no column holds', () => {
    const { kind } = text()
    const place = { table: 't', column: 'c', row: '1', seal: String, open: String }

    throws(() => kind.toStored(5, place), TypeError)
    throws(() => kind.toStored('a\0', place), TypeError)
  })
})
