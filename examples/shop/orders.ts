// What was bought: lines at the price of the day, a total that is exact, and a state that only goes forward.
import {
  choice,
  decimal,
  derive,
  integer,
  items,
  money,
  owner,
  portion,
  ref,
  resource,
  sumOf,
  text,
  times,
  timestamp,
} from 'plinth'
import { customers } from './customers.ts'
import { outOfStock } from './out_of_stock.ts'
import { products } from './products.ts'
import { staff } from './rules.ts'

export const orders = resource('orders', {
  description: 'An order of one customer.',
  fields: {
    customer: ref(customers, { readonly: true, inverse: 'orders' }),
    lines: items(
      {
        product: ref(products),
        quantity: integer({ min: 1, max: 10_000 }),
        price: money('USD', { readonly: true, min: '0.00', description: 'Price of one, when it was ordered.' }),
        discount: decimal({
          scale: 2,
          min: '0',
          max: '1',
          default: '0.00',
          readonly: true,
          description: 'Share taken off the line.',
        }),
      },
      { min: 1, max: 50 },
    ),
    status: choice(['pending', 'paid', 'shipped', 'cancelled'], { readonly: true, default: 'pending' }),
    total: money('USD', { derived: true }),
    orderedAt: timestamp({ readonly: true }),
    requiredAt: timestamp({ readonly: true, optional: true }),
    shippedAt: timestamp({ readonly: true, optional: true }),
    freight: money('USD', { readonly: true, optional: true, min: '0.00' }),
    shipTo: text({ readonly: true, optional: true, max: 300 }),
    number: integer({
      min: 1,
      max: 2_147_483_647,
      optional: true,
      readonly: true,
      unique: true,
      description: 'Number in the Northwind data.',
    }),
  },
  owner: 'customer',
  allow: { list: [owner, staff], read: [owner, staff], history: [owner, staff] },
  sort: ['createdAt', 'orderedAt', 'total'],
  index: ['status'],
  problems: { create: [outOfStock] },
})

export const ordersDerive = derive(orders, {
  /** The lines summed exactly, in hundredths of a cent, and rounded once: half a cent goes up. */
  total({ data }) {
    const lines = data.lines.map(({ price, quantity, discount }) =>
      times(price, quantity * (100 - hundredths(discount))),
    )
    return portion(sumOf('USD', lines), '0.01')
  },
})

const hundredths = (discount: string): number => Math.round(Number(discount) * 100)
