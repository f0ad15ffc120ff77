// Tests of decimals: exact text, bounded digits, never a floating number.
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { formatScaled } from '../../base/pure/decimal.ts'
import { decimal } from './decimal.ts'
import { foreign, refuses, samples, somewhere, survives, takes } from './test_judging.ts'

const odd = [
  '',
  '-',
  '.',
  '1.',
  '.5',
  '+1',
  '01',
  '00',
  '-0',
  '-0.00',
  '1e3',
  '1,5',
  '1.5.5',
  '0x1',
  'NaN',
  'Infinity',
  ' 1',
  '1\n',
  '1\0',
  '١',
  '1\uD800',
]

describe('decimal', () => {
  test('what is no plain decimal in bounds is refused', () => {
    refuses(decimal({ scale: 2, min: '-1.50', max: '99.99' }), [
      ...foreign,
      ['a JSON number', 12.5, 'wrong_type'],
      ['NaN', Number.NaN, 'wrong_type'],
      ['true', true, 'wrong_type'],
      ['one step below the least', '-1.51', 'too_small'],
      ['one step above the most', '100.00', 'too_large'],
      ['more digits than any column', '9'.repeat(50), 'too_large'],
      ['fewer than any column', `-${'9'.repeat(50)}.5`, 'too_small'],
      ['a digit too many after the point', '1.005', 'bad_format'],
      ['a zero too many after the point', '1.000', 'bad_format'],
      ['a mebibyte', '9'.repeat(1_048_576), 'bad_format'],
      ...odd.map((one) => [`the text ${JSON.stringify(one)}`, one, 'bad_format'] as const),
    ])
    refuses(decimal({ scale: 0 }), [['a point where there are no digits after it', '1.0', 'bad_format']])
    refuses(decimal(), [['more than 2^53 - 1 hundredths', '90071992547409.92', 'too_large']])
  })

  test('fewer digits are filled up', () => {
    takes(decimal(), '12.5', '12.50')
    takes(decimal(), '12', '12.00')
    takes(decimal({ scale: 0 }), '-7', '-7')
    takes(decimal({ scale: 9 }), '0.000000001', '0.000000001')
    takes(decimal({ min: '-1.50', max: '99.99' }), '-1.5', '-1.50')
    takes(decimal({ min: '-1.50', max: '99.99' }), '99.99', '99.99')
    takes(decimal(), '90071992547409.91', '90071992547409.91')
  })

  test('any decimal comes back canonical', () => {
    survives(
      decimal(),
      fc.maxSafeInteger().map((minor) => formatScaled(minor, 2)),
    )
    survives(
      decimal({ scale: 9 }),
      fc.maxSafeInteger().map((minor) => formatScaled(minor, 9)),
    )
  })

  test('the column holds the scaled integer, so it sorts as a number', () => {
    const { kind } = decimal({ scale: 3 })

    equal(kind.toStored('-1.5', somewhere), -1500)
    equal(kind.toValue(-1500, somewhere), '-1.500')
    deepEqual(decimal({ scale: 1, min: '0', max: '10' }).kind.checks, [{ check: 'between', min: 0, max: 100 }])
  })

  test('the contract accepts what the field accepts', () => {
    const field = decimal({ scale: 2 })
    const shape = new RegExp(String(field.kind.schema.pattern), 'u')

    for (const wire of ['0', '-12.5', '90071992547409.91']) ok(shape.test(wire))
    for (const one of odd.filter((text) => !text.startsWith('-0'))) ok(!shape.test(one), one)
  })

  test('samples keep any bounds', () => {
    samples(decimal(), 200)
    samples(decimal({ scale: 9, min: '0', max: '1' }), 200)
    samples(decimal({ scale: 2, min: '-0.05', max: '-0.01' }), 5)
  })

  test('a definition that holds nothing is refused', () => {
    throws(() => decimal({ scale: 10 }), /scale is a whole number from 0 to 9/)
    throws(() => decimal({ scale: 1, max: '1.25' }), /max is a decimal text with at most 1 digits/)
    throws(() => decimal({ min: '2', max: '1' }), TypeError)
    throws(() => decimal({ max: '1e5' }), TypeError)
    throws(() => decimal({ max: '99999999999999.99' }), TypeError)
    throws(() => decimal({ min: '1', default: '0' }), /Must be at least 1.00/)
  })

  test('server code cannot write a number or digits that would be lost', () => {
    for (const one of [12.5, '1.234', 'a', '', null, '999999999999999999']) {
      throws(() => decimal().kind.toStored(one, somewhere), TypeError)
    }
  })
})
