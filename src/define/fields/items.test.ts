// Tests of items: bounded lists whose every wrong value has its pointer.
import { deepEqual, equal, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { moneyOf } from '../../base/pure/money.ts'
import { boolean } from './boolean.ts'
import { integer } from './integer.ts'
import { items } from './items.ts'
import { refuses, samples, somewhere, takes, wrong } from './test_judging.ts'
import { money } from './money.ts'
import { ref } from './ref.ts'
import { text } from './text.ts'

const product = '019a2b3c-4d5e-7f01-8203-040506070809'
const lines = items(
  {
    product: ref('products'),
    quantity: integer({ min: 1, max: 99, default: 1 }),
    note: text({ optional: true, max: 10 }),
    price: money('USD', { readonly: true }),
    checked: boolean({ readonly: true, default: false }),
    margin: integer({ private: true, optional: true }),
  },
  { min: 1, max: 3 },
)

describe('items', () => {
  test('what is no list in bounds is refused', () => {
    refuses(lines, [
      ...['', 'a', 0, -0, Number.NaN, true, null, {}, { 0: {}, length: 1 }, '\0'].map(
        (wire) => [`the value ${JSON.stringify(wire)}`, wire, 'wrong_type'] as const,
      ),
      ['too few', [], 'too_few'],
      ['too many', Array.from({ length: 4 }, () => ({ product })), 'too_many'],
      ['a hundred thousand', Array.from({ length: 100_000 }, () => 0), 'too_many'],
    ])
  })

  test('each value of each item has its pointer', () => {
    refuses(lines, [
      ['an item that is a text', ['a'], 'wrong_type', '/it/0'],
      ['an item that is a list', [[]], 'wrong_type', '/it/0'],
      ['an item that is null', [{ product }, null], 'wrong_type', '/it/1'],
      ['no product', [{}], 'required', '/it/0/product'],
      ['null for the product', [{ product: null }], 'required', '/it/0/product'],
      ['a quantity too small', [{ product }, { product, quantity: 0 }], 'too_small', '/it/1/quantity'],
      ['an unknown field', [{ product, size: 1 }], 'unknown', '/it/0/size'],
      ['a key named __proto__', [JSON.parse(`{"product":"${product}","__proto__":{}}`)], 'unknown', '/it/0/__proto__'],
      ['a key with a slash', [{ product, 'a/b~c': 1 }], 'unknown', '/it/0/a~1b~0c'],
      ['what the server sets', [{ product, price: { amount: '1', currency: 'USD' } }], 'readonly', '/it/0/price'],
      ['what is private', [{ product, margin: 1 }], 'unknown', '/it/0/margin'],
    ])
  })

  test('every wrong value of every item is named, in order', () => {
    deepEqual(
      wrong(lines, [{ product: 1 }, { quantity: 'a', note: 5 }]).map((one) => `${one.pointer} ${one.code}`),
      ['/it/0/product wrong_type', '/it/1/product required', '/it/1/quantity wrong_type', '/it/1/note wrong_type'],
    )
  })

  test('defaults are filled, and what the server must set stays out', () => {
    takes(
      lines,
      [{ product }, { note: 'now', product, quantity: 5 }],
      [
        { product, quantity: 1, note: null, checked: false, margin: null },
        { product, quantity: 5, note: 'now', checked: false, margin: null },
      ],
    )
  })

  test('no more than a hundred wrong values are gathered', () => {
    const many = items({ quantity: integer() }, { max: 1_000 })

    equal(
      wrong(
        many,
        Array.from({ length: 1_000 }, () => ({})),
      ).length,
      100,
    )
  })

  test('items have rows of their own and no column', () => {
    equal(lines.kind.storage, undefined)
    throws(() => lines.kind.toStored([], somewhere), /no column/)
    throws(() => lines.kind.toValue('', somewhere), /no column/)
  })

  test('samples are lists that the field takes', () => {
    samples(lines, 50)
    samples(items({ a: text({ max: 3 }) }, { min: 5 }), 50)
  })

  test('a definition that cannot be kept is refused', () => {
    const inner = items({ a: text() })

    throws(() => items({ inner }), /"inner" holds items itself/)
    throws(() => items({}), /one field at least/)
    throws(() => items({ a: text({ unique: true }) }), /only a row's own fields are unique/)
    throws(() => items({ a: text({ computed: true }) }), /only a row's own fields can be/)
    throws(() => items({ a: ref('others', { inverse: 'many' }) }), /no inverse can list/)
    throws(() => items({ a: text() }, { min: 2, max: 1 }), TypeError)
    throws(() => items({ a: text() }, { max: 1_001 }), TypeError)
    throws(() => items({ a: text() }, { min: 1, default: [] }), /min asks for more/)
    throws(() => items({ 'a b': text() }), /a name is letters/)
    // @ts-expect-error Only the empty list is a default.
    throws(() => items({ a: text() }, { default: [{ a: 'x' }] }), /the empty list or none/)
    // @ts-expect-error An empty list says the same.
    throws(() => items({ a: text() }, { optional: true }), /leave out optional/)
  })

  test('money inside an item reads as money', () => {
    takes(
      items({ price: money('USD') }),
      [{ price: { amount: '1.5', currency: 'USD' } }],
      [{ price: moneyOf('USD', '1.50') }],
    )
  })
})
