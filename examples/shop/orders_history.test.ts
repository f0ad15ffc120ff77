// What happened to an order: told to whoever it belongs to and to staff, and to nobody else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { member, refused, testApp } from 'plinth/testing'
import shop from './app.ts'
import { products } from './products.ts'
import { staff } from './rules.ts'

test('a customer and staff see what happened to an order, newest first', async () => {
  await using run = await testApp(shop)
  const [buyer, clerk] = [run.as(member), run.as(staff)]
  const tea = await run.make(products, { stock: 10 })
  const order = await buyer.orders.create({ lines: [{ product: tea.id, quantity: 2 }] })
  await buyer.orders.pay(order.id)
  await clerk.orders.ship(order.id)

  const { data } = await buyer.orders.history(order.id)

  assert.deepEqual(
    data.map(({ operation, caller, after }) => [operation, caller, after?.status]),
    [
      ['orders.ship', clerk.id, 'shipped'],
      ['orders.pay', buyer.id, 'paid'],
      ['orders.create', buyer.id, 'pending'],
    ],
  )
  assert.deepEqual(await clerk.orders.history(order.id), { data, next: null })
})

test('the history of an order is as hidden from others as the order', async () => {
  await using run = await testApp(shop)
  const tea = await run.make(products, { stock: 10 })
  const order = await run.as(member).orders.create({ lines: [{ product: tea.id, quantity: 1 }] })

  await refused(run.as(member).orders.history(order.id), 'not_found')
  await refused(run.anonymous.orders.history(order.id), 'unauthenticated')
})
