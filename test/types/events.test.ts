// Events: what is told, and what a handler is told, is what the event declares.
import { test } from 'node:test'
import { event, handle, type Id, integer, items, money, moneyOf, type Money, resource, text } from 'plinth'
import { holds, idOf, neverRun, type Same } from './same.ts'

const orders = resource('orders', { fields: { note: text() }, allow: {} })
const products = resource('products', { fields: { name: text() }, allow: {} })
const paid = event('orders.paid', {
  of: orders,
  fields: { total: money('USD'), points: integer({ default: 0 }), note: text({ optional: true }) },
})
const packed = event('orders.packed', { of: orders, fields: { parts: items({ name: text() }) } })
const seen = event('products.seen', { of: products })
const order = idOf<'orders'>()
const product = idOf<'products'>()

test('what is emitted is what the event declares, of a row of its noun', () => {
  neverRun(async (tx) => {
    await tx.emit(paid, order, { total: moneyOf('USD', '1.00') })
    await tx.emit(paid, order, { total: moneyOf('USD', '1.00'), points: 3, note: null })
    await tx.emit(packed, order, { parts: [{ name: 'lid' }] })
    await tx.emit(seen, product)
    // @ts-expect-error The row of another noun.
    await tx.emit(paid, product, { total: moneyOf('USD', '1.00') })
    // @ts-expect-error Something is to be told.
    await tx.emit(paid, order)
    // @ts-expect-error Another currency.
    await tx.emit(paid, order, { total: moneyOf('EUR', '1.00') })
    // @ts-expect-error Nobody declared that.
    await tx.emit(paid, order, { total: moneyOf('USD', '1.00'), colour: 'red' })
    // @ts-expect-error An item is as it is declared.
    await tx.emit(packed, order, { parts: [{ name: 3 }] })
    // @ts-expect-error An event, not a noun.
    await tx.emit(orders, order)
  })
})

test('a handler is told exactly that', () => {
  handle(paid, 'receipts', async ({ event, tx }) => {
    holds<Same<typeof event.data, { total: Money<'USD'>; points: number; note: string | null }>>()
    holds<Same<typeof event.of, Id<'orders'>>>()
    holds<Same<typeof event.number, number>>()
    await tx.get(orders, event.of)
    // @ts-expect-error Its row is an order.
    await tx.get(products, event.of)
    // @ts-expect-error Nothing is told of that.
    void event.data.colour
  })
  // @ts-expect-error A handler is a promise of something.
  handle(seen, 'views', () => 3)
})
