// Values keep their kind: choices their literals, money its currency, a reference the name of its target.
import { test } from 'node:test'
import {
  choice,
  compute,
  derive,
  items,
  money,
  type Input,
  type New,
  ref,
  resource,
  type Row,
  text,
  type WireRow,
} from 'plinth'
import { type Money, moneyOf } from '../../src/base/pure/money.ts'
import type { Id } from '../../src/define/infer.ts'
import { holds, idOf, type Same } from './same.ts'

const customers = resource('customers', { fields: { name: text() }, owner: 'id', allow: {} })
const products = resource('products', { fields: { price: money('USD') }, allow: {} })
const orders = resource('orders', {
  fields: {
    customer: ref(customers, { readonly: true }),
    byName: ref('customers', { optional: true }),
    status: choice(['pending', 'paid'], { default: 'pending' }),
    total: money('USD', { derived: true }),
    label: text({ computed: true }),
    lines: items({ product: ref(products), price: money('USD', { readonly: true }), size: choice(['s', 'm']) }),
  },
  owner: 'customer',
  allow: {},
})
type Orders = typeof orders
type Order = Row<Orders>

test('a choice is its literals', () => {
  holds<Same<Order['status'], 'pending' | 'paid'>>()
  // @ts-expect-error Not one of them.
  const wrong: Order['status'] = 'shipped'
  // @ts-expect-error A default is one of them too.
  void (() => choice(['a', 'b'], { default: 'c' }))
  // @ts-expect-error Never any text.
  holds<Same<Order['status'], string>>()
  void wrong
})

test('money is of one currency', () => {
  holds<Same<Order['total'], Money<'USD'>>>()
  const price: New<typeof products> = { price: moneyOf('USD', '1.00') }
  // @ts-expect-error Not of another.
  const euros: New<typeof products> = { price: moneyOf('EUR', '1.00') }
  // @ts-expect-error A number is no money.
  const number: New<typeof products> = { price: 1 }
  void [price, euros, number]
})

test('a reference is an id of its target, given the noun or its name', () => {
  holds<Same<Order['customer'], Id<'customers'>>>()
  holds<Same<Order['byName'], Id<'customers'> | null>>()
  holds<Same<Order['id'], Id<'orders'>>>()
  const order = {} as Order
  const same: Id<'customers'> = order.customer
  // @ts-expect-error An order's id is no customer's.
  const other: Id<'customers'> = order.id
  // @ts-expect-error The name counts as the noun does.
  const named: Id<'products'> | null = order.byName
  void [same, other, named]
})

test('the owner is filled with the caller, and may still be given', () => {
  const lines: New<Orders>['lines'] = []
  const filled: New<Orders> = { lines }
  const given: New<Orders> = { lines, customer: idOf<'customers'>() }
  // @ts-expect-error Not with the id of something else.
  const wrong: New<Orders> = { lines, customer: idOf<'products'>() }
  const unowned = resource('unowned', { fields: { customer: ref(customers) }, allow: {} })
  // @ts-expect-error Without `owner` nobody fills it in.
  const empty: New<typeof unowned> = {}
  void [filled, given, wrong, empty]
  void (() => {
    // @ts-expect-error The owner is a field of the resource.
    resource('other', { fields: { customer: ref(customers) }, owner: 'nobody', allow: {} })
  })
})

test('inside items, too, a client sends what is its own and sees what is not private', () => {
  type Line = Input<Orders>['lines'][number]
  holds<Same<Line, { product: Id<'products'>; size: 's' | 'm' }>>()
  holds<Same<WireRow<Orders>['lines'][number]['price'], Money<'USD'>>>()
  holds<Same<Order['lines'][number], { product: Id<'products'>; price: Money<'USD'>; size: 's' | 'm' }>>()
  // @ts-expect-error The price of a line is set by server code.
  const priced: Line = { product: idOf<'products'>(), size: 's', price: moneyOf('USD', '1') }
  // @ts-expect-error And server code must set it.
  const unpriced: New<Orders>['lines'][number] = { product: idOf<'products'>(), size: 's' }
  void [priced, unpriced]
})

test('derive says how every derived field is computed, and nothing else', () => {
  derive(orders, {
    total({ data }) {
      holds<Same<(typeof data)['lines'], Order['lines']>>()
      // @ts-expect-error What is derived is not known yet.
      void data.total
      return moneyOf('USD', String(data.lines.length))
    },
  })
  void (() => {
    // @ts-expect-error `total` is missing.
    derive(orders, {})
    // @ts-expect-error Another currency.
    derive(orders, { total: () => moneyOf('EUR', '1') })
    // @ts-expect-error `status` is not derived.
    derive(orders, { total: () => moneyOf('USD', '1'), status: () => 'paid' })
  })
})

test('compute reads a row, and says every computed field', () => {
  compute(orders, { label: ({ row }) => `${row.status} ${row.total.amount}` })
  void (() => {
    // @ts-expect-error `label` is missing.
    compute(orders, {})
    // @ts-expect-error A text is no number.
    compute(orders, { label: () => 1 })
    // @ts-expect-error It is pure: it answers at once.
    compute(orders, { label: async () => 'a' })
    // @ts-expect-error It sees nothing but the row.
    compute(orders, { label: ({ tx }) => String(tx) })
  })
})
