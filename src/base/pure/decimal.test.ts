import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { divide, fits64, formatScaled, multiply, parseScaled } from './decimal.ts'

const most64 = 2n ** 63n - 1n

test('a plain decimal is read exactly', () => {
  const cases: [string, number, bigint][] = [
    ['0', 0, 0n],
    ['12.5', 2, 1250n],
    ['-12.50', 2, -1250n],
    ['0.01', 2, 1n],
    ['-0.01', 2, -1n],
    ['9223372036854775807', 0, most64],
    ['9007199254740993', 0, 2n ** 53n + 1n],
    ['1', 18, 10n ** 18n],
  ]
  for (const [text, scale, value] of cases) assert.equal(parseScaled(text, scale), value, text)
})

test('any other form of a number is refused, not understood', () => {
  const hostile = [
    '',
    ' ',
    '-',
    '.',
    '-.',
    '.5',
    '5.',
    '+1',
    '01',
    '00',
    '-01',
    '-0',
    '-0.00',
    '1.234',
    '1e3',
    '1E3',
    '1e400',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x10',
    '1_000',
    '1,5',
    '1 ',
    ' 1',
    '1\n',
    '1\0',
    '--1',
    '1-',
    '1.2.3',
    '1n',
    '12345678901234567890',
    '1'.repeat(1e7),
    '٣',
    '１',
    '1.١',
    '\ud800',
    'null',
    '[1]',
    '∞',
  ]
  for (const text of hostile) assert.equal(parseScaled(text, 2), undefined, text.slice(0, 30))
  assert.equal(parseScaled('1.0', 0), undefined, 'even zeros are finer than scale 0')
})

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 18 }), (value, scale) => {
      assert.equal(parseScaled(formatScaled(value, scale), scale), value)
    }),
  )
  assert.equal(formatScaled(1250, 2), '12.50')
  assert.equal(formatScaled(-5, 2), '-0.05')
  assert.equal(formatScaled(-0, 2), '0.00')
  assert.equal(formatScaled(7n, 0), '7')
  // Negative control: at another scale it is another value.
  assert.notEqual(parseScaled(formatScaled(1250n, 2), 3), 1250n)
})

test('a half is rounded away from zero, or to the even neighbour', () => {
  const cases: [bigint, bigint, bigint, bigint][] = [
    [5n, 2n, 3n, 2n],
    [7n, 2n, 4n, 4n],
    [-5n, 2n, -3n, -2n],
    [5n, -2n, -3n, -2n],
    [1n, 2n, 1n, 0n],
    [-1n, 2n, -1n, 0n],
    [1n, 3n, 0n, 0n],
    [-2n, 3n, -1n, -1n],
    [6n, 3n, 2n, 2n],
  ]
  for (const [value, divisor, up, even] of cases) {
    assert.equal(divide(value, divisor, 'halfUp'), up, `${value}/${divisor} up`)
    assert.equal(divide(value, divisor, 'halfEven'), even, `${value}/${divisor} even`)
  }
  assert.throws(() => divide(1n, 0n, 'halfUp'), RangeError)
})

test('a rounded quotient is never further than half from the exact one', () => {
  const whole = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
  const divisors = whole.filter((value) => value !== 0n)
  const size = (value: bigint): bigint => (value < 0n ? -value : value)
  fc.assert(
    fc.property(
      whole,
      divisors,
      fc.constantFrom('halfUp' as const, 'halfEven' as const),
      (value, divisor, rounding) => {
        assert.ok(size(divide(value, divisor, rounding) * divisor - value) * 2n <= size(divisor))
      },
    ),
  )
  // Negative control: plain division, which only cuts, breaks the same bound.
  assert.ok(size((5n / 3n) * 3n - 5n) * 2n > 3n)
})

test('a factor keeps its own scale', () => {
  assert.equal(multiply(1000n, 85n, 2, 'halfUp'), 850n)
  assert.equal(multiply(1n, 5n, 1, 'halfUp'), 1n)
  assert.equal(multiply(1n, 5n, 1, 'halfEven'), 0n)
})

test('64 bits end where the columns end', () => {
  assert.deepEqual([most64, -most64 - 1n, 0n].map(fits64), [true, true, true])
  assert.deepEqual([most64 + 1n, -most64 - 2n].map(fits64), [false, false])
})
