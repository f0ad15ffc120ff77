// POST /orders/import: takes finished orders over by their numbers. They are history, so they take nothing from stock.
import { action, choice, decimal, integer, items, money, text, timestamp } from 'plinth'
import { customers } from '../customers.ts'
import { orders } from '../orders.ts'
import { products } from '../products.ts'
import { staff } from '../rules.ts'
import { imported, lookUp, northwindNumber } from './taken_over.ts'

const order = {
  number: northwindNumber,
  customer: text({ min: 4, max: 5, description: 'Code of the customer.' }),
  status: choice(['paid', 'shipped']),
  orderedAt: timestamp(),
  requiredAt: timestamp({ optional: true }),
  shippedAt: timestamp({ optional: true }),
  freight: money('USD', { min: '0.00' }),
  shipTo: text({ max: 300 }),
}

const line = {
  order: northwindNumber,
  product: northwindNumber,
  quantity: integer({ min: 1, max: 10_000 }),
  price: money('USD', { min: '0.00' }),
  discount: decimal({ scale: 2, min: '0', max: '1' }),
}

export const importOrders = action(orders, 'import', {
  description: 'Takes finished orders over by their numbers, at the prices of their day and without taking stock.',
  on: 'collection',
  allow: [staff],
  input: { orders: items(order, { min: 1, max: 50 }), lines: items(line, { min: 1, max: 1_000 }) },
  output: imported,
  async run({ input, tx }) {
    const codes = input.orders.map((one) => one.customer)
    const buyers = await tx.find(customers, { code: { in: [...new Set(codes)] } }, { limit: 50 })
    const customerIds = lookUp(new Map(buyers.map(({ code, id }) => [code, id])), codes, {
      pointer: (at) => `/orders/${at}/customer`,
      message: 'There is no customer of this code.',
    })
    const numbers = input.lines.map((one) => one.product)
    const goods = await tx.find(products, { number: { in: [...new Set(numbers)] } }, { limit: 1_000 })
    const productIds = lookUp(new Map(goods.map(({ number, id }) => [number, id])), numbers, {
      pointer: (at) => `/lines/${at}/product`,
      message: 'There is no product of this number.',
    })
    const lines = Map.groupBy(
      input.lines.map(({ order: number, quantity, price, discount }, at) => {
        return { number, line: { product: productIds[at]!, quantity, price, discount } }
      }),
      (one) => one.number,
    )
    const rows = input.orders.map((one, at) => ({
      ...one,
      customer: customerIds[at]!,
      lines: (lines.get(one.number) ?? []).map((found) => found.line),
    }))
    const made = await tx.upsert(orders, rows, { by: ['number'], keep: true })
    return { imported: made.length }
  },
})
