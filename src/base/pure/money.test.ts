import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as money from './money.ts'

const eur = (amount: string): money.Money<'EUR'> => money.moneyOf('EUR', amount)
const minor = fc.integer({ min: -(10 ** 12), max: 10 ** 12 })

test('an amount has all digits of its currency and cannot be changed', () => {
  assert.deepEqual(money.moneyOf('EUR', '12.5'), { amount: '12.50', currency: 'EUR' })
  assert.deepEqual(money.moneyOf('JPY', '12'), { amount: '12', currency: 'JPY' })
  assert.deepEqual(money.moneyOf('KWD', '-1'), { amount: '-1.000', currency: 'KWD' })
  assert.ok(Object.isFrozen(eur('1')))
})

test('digits after the point are those of ISO 4217', () => {
  const known: Record<string, number> = {
    USD: 2,
    EUR: 2,
    JPY: 0,
    ISK: 0,
    KRW: 0,
    CLP: 0,
    BHD: 3,
    TND: 3,
    HUF: 2,
    MGA: 2,
  }
  for (const [code, digits] of Object.entries(known)) assert.equal(money.exponentOf(code), digits, code)
})

test('a code that is no currency in use is refused', () => {
  for (const code of ['', 'usd', 'US', 'XXX', 'XAU', 'CLF', 'UYW', 'ZZZ', 'toString', '__proto__', 'EUR ', ' EUR']) {
    assert.throws(() => money.moneyOf(code, '1'), TypeError, code)
    assert.equal(money.isCurrency(code), false)
  }
})

test('an amount in another form, or too fine, or too large, is refused', () => {
  for (const amount of ['', '1.234', '1e3', '-0', '01', 'NaN', ' 1', '1,00', '90071992547409.92', '1'.repeat(19)]) {
    assert.throws(() => eur(amount), RangeError, amount)
  }
  assert.equal(money.toMinor(eur('90071992547409.91')), Number.MAX_SAFE_INTEGER)
  assert.equal(money.toMinor(money.moneyOf('KWD', '999999999999.999')), 999_999_999_999_999)
})

test('minor units are safe integers', () => {
  for (const value of [0.5, Number.NaN, Infinity, 2 ** 53])
    assert.throws(() => money.fromMinor(value, 'EUR'), RangeError)
  assert.equal(money.fromMinor(-0, 'EUR').amount, '0.00')
  assert.throws(() => money.add(money.fromMinor(Number.MAX_SAFE_INTEGER, 'EUR'), eur('0.01')), RangeError)
  assert.throws(() => money.times(money.fromMinor(2 ** 52, 'EUR'), 2 ** 10), RangeError)
  const nearlyAll = money.fromMinor(Number.MAX_SAFE_INTEGER, 'EUR')
  assert.throws(() => money.sumOf('EUR', [nearlyAll, nearlyAll, money.negate(nearlyAll)]), RangeError)
})

test('arithmetic is exact where floating numbers are not', () => {
  assert.equal(money.add(eur('0.10'), eur('0.20')).amount, '0.30')
  assert.equal(money.subtract(eur('0.30'), eur('0.10')).amount, '0.20')
  assert.equal(money.times(eur('0.07'), 100).amount, '7.00')
  assert.equal(money.portion(eur('10.05'), '0.85').amount, '8.54')
  assert.equal(money.portion(eur('0.10'), '0.25', 'halfEven').amount, '0.02')
  assert.equal(money.portion(eur('-0.10'), '0.25').amount, '-0.03')
  assert.equal(money.sumOf('EUR', []).amount, '0.00')
  // Negative control: the same in floating numbers is wrong.
  assert.notEqual(0.1 + 0.2, 0.3)
})

test('a share is a plain decimal and a factor is whole', () => {
  for (const share of ['', '85%', '1e-1', 'NaN', '.5', '1'.repeat(30)]) {
    assert.throws(() => money.portion(eur('1'), share), RangeError, share)
  }
  for (const factor of [0.5, Number.NaN, 2 ** 53]) assert.throws(() => money.times(eur('1'), factor), RangeError)
})

test('amounts compare by value', () => {
  assert.equal(money.compare(eur('9'), eur('10')), -1)
  assert.equal(money.compare(eur('-9'), eur('-10')), 1)
  assert.equal(money.compare(eur('1'), eur('1.00')), 0)
  assert.ok(money.isZero(money.negate(eur('0'))))
  // Negative control: as texts the first pair is the other way round.
  assert.ok(eur('9').amount > eur('10').amount)
})

test('currencies do not mix, neither in types nor at run time', () => {
  const usd = money.moneyOf('USD', '1')
  // @ts-expect-error: EUR and USD
  assert.throws(() => money.add(eur('1'), usd), TypeError)
  // @ts-expect-error: EUR and USD
  assert.throws(() => money.subtract(eur('1'), usd), TypeError)
  // @ts-expect-error: EUR and USD
  assert.throws(() => money.compare(eur('1'), usd), TypeError)
  // @ts-expect-error: a USD among EUR
  assert.throws(() => money.sumOf('EUR', [eur('1'), usd]), TypeError)
  // @ts-expect-error: what comes out is EUR
  const wrong: money.Money<'USD'> = money.times(eur('1'), 2)
  assert.equal(wrong.currency, 'EUR')
  const right: money.Money<'EUR'> = money.portion(money.add(eur('1'), eur('2')), '0.5')
  assert.equal(right.amount, '1.50')
})

test('the parts of an amount sum to it exactly', () => {
  const ratios = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(
      minor,
      ratios.filter((list) => list.some((ratio) => ratio > 0)),
      (units, list) => {
        const whole = money.fromMinor(units, 'EUR')
        const parts = money.allocate(whole, list)
        assert.deepEqual(money.sumOf('EUR', parts), whole)
        assert.ok(parts.every((part, at) => list[at] !== 0 || money.isZero(part)))
      },
    ),
  )
  assert.deepEqual(
    money.allocate(eur('100'), [1, 1, 1]).map(({ amount }) => amount),
    ['33.34', '33.33', '33.33'],
  )
  assert.deepEqual(
    money.allocate(eur('-0.05'), [3, 7]).map(({ amount }) => amount),
    ['-0.02', '-0.03'],
  )
  for (const bad of [[], [0, 0], [-1, 2], [0.5], [Number.NaN]])
    assert.throws(() => money.allocate(eur('1'), bad), RangeError)
  // Negative control: rounding each part by itself loses a cent.
  const rounded = [1, 1, 1].map(() => money.portion(eur('100'), '0.333333'))
  assert.notDeepEqual(money.sumOf('EUR', rounded), eur('100'))
})

test('adding and subtracting undo each other', () => {
  fc.assert(
    fc.property(minor, minor, (a, b) => {
      const [one, other] = [money.fromMinor(a, 'EUR'), money.fromMinor(b, 'EUR')]
      assert.deepEqual(money.subtract(money.add(one, other), other), one)
      assert.equal(money.toMinor(one), a === 0 ? 0 : a)
    }),
  )
})
