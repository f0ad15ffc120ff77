// A paid order gets its receipt, and gets it once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, handle, moneyOf } from 'plinth'
import { member, refused, type TestApp, testApp, type TestCaller } from 'plinth/testing'
import shop from './app.ts'
import { staff } from './rules.ts'
import { orderPaid, products } from './shop.ts'

type Shop = typeof shop

/** Ann has ordered two for 5.00. */
async function ordered(run: TestApp<Shop>): Promise<{ readonly ann: TestCaller<Shop>; readonly order: string }> {
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 10, price: moneyOf('USD', '2.50') })
  const { id: order } = await ann.orders.create({ lines: [{ product, quantity: 2 }] })
  return { ann, order }
}

test('a paid order gets one receipt, which its customer and staff see', async () => {
  await using run = await testApp(shop)
  const { ann, order } = await ordered(run)
  await ann.orders.pay(order)

  await run.settle()
  await run.settle()

  const { data } = await ann.receipts.list()
  assert.deepEqual(
    data.map((receipt) => [receipt.order, receipt.customer]),
    [[order, ann.id]],
  )
  assert.match(data[0]?.text ?? '', /^Customer \w+: we have received 5\.00 USD for order /)
  assert.deepEqual((await run.as(staff).receipts.list()).data, data)
  assert.deepEqual((await run.as(member).receipts.list()).data, [])
})

test('nothing is written before the payment, nor after one that was refused', async () => {
  await using run = await testApp(shop)
  const { ann, order } = await ordered(run)
  await ann.orders.cancel(order)
  await refused(ann.orders.pay(order), 'conflict')
  await ann.request('POST', `/api/v1/orders/${order}/pay`, { headers: { Prefer: 'dry-run' } })

  await run.settle()

  assert.deepEqual((await run.as(staff).receipts.list()).data, [])
})

test('a payment does not wait for its receipt', async () => {
  await using run = await testApp(shop)
  const { ann, order } = await ordered(run)

  assert.equal((await ann.orders.pay(order)).status, 'paid')

  assert.deepEqual((await ann.receipts.list()).data, [])
})

test('a handler that fails after its promise has promised nothing; tried again, it promises one receipt', async () => {
  const failures = [1]
  const twice = handle(orderPaid, 'receipts', async ({ event: { of, data }, tx }) => {
    await shop.parts.promiseReceipt.run({ event: { id: '', of, number: 1, at: tx.now, data }, tx })
    if (failures.pop() !== undefined) throw new Error('a failure after the promise')
  })
  await using run = await testApp(app('shop', { ...shop.parts, promiseReceipt: twice }, shop.options))
  const { ann, order } = await ordered(run)
  await ann.orders.pay(order)

  await run.settle()
  run.clock.advance(60_000)
  await run.settle()

  assert.equal((await ann.receipts.list()).data.length, 1)
})
