// Tests of money: one currency, exact digits, and a patch that may name a part.
import { deepEqual, equal, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fromMinor, moneyOf } from '../../base/pure/money.ts'
import { collectIssues } from './issues.ts'
import { type Case, mebibyte, refuses, samples, somewhere, survives, takes } from './test_judging.ts'
import { money } from './money.ts'

const usd = (amount: unknown): unknown => ({ amount, currency: 'USD' })

describe('money', () => {
  test('what is no object of amount and currency is refused', () => {
    const odd = ['', '12.50', 'USD 12.50', '\0', '\uD800', mebibyte, 12.5, Number.NaN, -0, true, null, [], [usd('1')]]

    refuses(
      money('USD'),
      odd.map((wire): Case => [`the value ${JSON.stringify(wire).slice(0, 20)}`, wire, 'wrong_type']),
    )
  })

  test('each part that is wrong is named', () => {
    refuses(money('USD', { min: '0', max: '999.99' }), [
      ['no amount', { currency: 'USD' }, 'required', '/it/amount'],
      ['no currency', { amount: '1' }, 'required', '/it/currency'],
      ['null for the amount', usd(null), 'required', '/it/amount'],
      ['null for the currency', { amount: '1', currency: null }, 'required', '/it/currency'],
      ['an amount as number', usd(12.5), 'wrong_type', '/it/amount'],
      ['an amount as list', usd(['1']), 'wrong_type', '/it/amount'],
      ['more digits than cents', usd('1.005'), 'bad_format', '/it/amount'],
      ['an exponent', usd('1e2'), 'bad_format', '/it/amount'],
      ['minus zero', usd('-0.00'), 'bad_format', '/it/amount'],
      ['NUL', usd('1\0'), 'bad_format', '/it/amount'],
      ['a mebibyte of digits', usd('9'.repeat(1_048_576)), 'bad_format', '/it/amount'],
      ['a cent below the least', usd('-0.01'), 'too_small', '/it/amount'],
      ['a cent above the most', usd('1000.00'), 'too_large', '/it/amount'],
      ['another currency', { amount: '1', currency: 'EUR' }, 'bad_choice', '/it/currency'],
      ['a currency in small letters', { amount: '1', currency: 'usd' }, 'bad_choice', '/it/currency'],
      ['a currency as number', { amount: '1', currency: 840 }, 'wrong_type', '/it/currency'],
      ['another key', { amount: '1', currency: 'USD', minor: 100 }, 'unknown', '/it/minor'],
      [
        'a key named __proto__',
        JSON.parse('{"amount":"1","currency":"USD","__proto__":{}}'),
        'unknown',
        '/it/__proto__',
      ],
      ['a key named toString', { amount: '1', currency: 'USD', toString: 1 }, 'unknown', '/it/toString'],
    ])
    refuses(money('JPY'), [['a fraction of a yen', { amount: '1.0', currency: 'JPY' }, 'bad_format', '/it/amount']])
  })

  test('an object that inherits its members has none', () => {
    const issues = collectIssues()
    money('USD').kind.parse(Object.create({ amount: '1', currency: 'USD' }), '/it', issues)

    deepEqual(
      issues.found.map((one) => one.pointer),
      ['/it/amount', '/it/currency'],
    )
  })

  test('everything that is wrong is named at once', () => {
    const issues = collectIssues()
    money('USD').kind.parse({ amount: 1, currency: 'EUR', x: 1 }, '/it', issues)

    deepEqual(
      issues.found.map((one) => one.pointer),
      ['/it/amount', '/it/currency', '/it/x'],
    )
  })

  test('both bounds are within them, with the digits of the currency', () => {
    const field = money('USD', { min: '0', max: '999.99' })

    takes(field, usd('0'), { amount: '0.00', currency: 'USD' })
    takes(field, usd('999.99'), { amount: '999.99', currency: 'USD' })
    takes(money('USD'), usd('999999999999.99'), { amount: '999999999999.99', currency: 'USD' })
    takes(money('KWD'), { amount: '1.5', currency: 'KWD' }, { amount: '1.500', currency: 'KWD' })
    takes(money('JPY'), { amount: '15', currency: 'JPY' }, { amount: '15', currency: 'JPY' })
  })

  test('any amount comes back canonical', () => {
    survives(
      money('USD'),
      fc.maxSafeInteger().map((minor) => fromMinor(minor, 'USD')),
    )
    survives(
      money('KWD'),
      fc.maxSafeInteger().map((minor) => fromMinor(minor, 'KWD')),
    )
  })

  test('a patch keeps the part it does not name', () => {
    const { kind } = money('USD', { min: '0' })
    const before = moneyOf('USD', '9.50')
    const patch = (wire: unknown, now: unknown = before): unknown => {
      const issues = collectIssues()
      return kind.parse(wire, '/it', issues, now) ?? issues.found.map((one) => `${one.pointer} ${one.code}`)
    }

    deepEqual(patch({ amount: '12.5' }), { amount: '12.50', currency: 'USD' })
    deepEqual(patch({ currency: 'USD' }), before)
    deepEqual(patch({}), before)
    deepEqual(patch({ currency: 'EUR' }), ['/it/currency bad_choice'])
    deepEqual(patch({ amount: '-1' }), ['/it/amount too_small'])
    deepEqual(patch({ amount: null }), ['/it/amount required'], 'null removes, and an amount cannot be without')
    deepEqual(patch({ amount: '1' }, null), ['/it/currency required'], 'nothing is there to keep')
  })

  test('a filter names the amount alone', () => {
    deepEqual(money('USD').kind.fromText('12.50'), { amount: '12.50', currency: 'USD' })
  })

  test('the column holds minor units', () => {
    equal(money('USD').kind.toStored(moneyOf('USD', '12.50'), somewhere), 1250)
    deepEqual(money('USD').kind.toValue(1250, somewhere), moneyOf('USD', '12.50'))
  })

  test('server code cannot write another currency', () => {
    for (const odd of [moneyOf('EUR', '1'), { amount: 1, currency: 'USD' }, 1250, null]) {
      throws(() => money('USD').kind.toStored(odd, somewhere), /an amount of USD/)
    }
  })

  test('samples are amounts that differ', () => {
    samples(money('USD', { min: '0' }), 200)
    samples(money('JPY', { min: '5', max: '9' }), 5)
  })

  test('a definition that makes no sense is refused', () => {
    throws(() => money('XXX'), /not the ISO 4217 code/)
    throws(() => money('USD', { min: '0.005' }), TypeError)
    throws(() => money('USD', { min: '1', default: moneyOf('USD', '0.50') }), /Must be at least 1.00/)
  })
})
