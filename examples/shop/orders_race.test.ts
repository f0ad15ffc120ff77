// Many who buy the last items at once: no more is sold than there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { action, app, ensure, integer, signedIn } from 'plinth'
import { member, type ProblemError, type TestApp, testApp, type TestCaller } from 'plinth/testing'
import shop from './app.ts'
import { staff } from './rules.ts'
import { products } from './shop.ts'

const buyers = 20

test('of twenty who buy the last seven at once, seven get one', async () => {
  await using run = await testApp(shop)
  const { id: product } = await run.make(products, { stock: 7 })

  const refusals = await allBuy(run, () => ({ lines: [{ product, quantity: 1 }] }))

  assert.equal(buyers - refusals.length, 7)
  assert.deepEqual(new Set(refusals.map(({ code }) => code)), new Set(['out_of_stock']))
  assert.equal((await run.anonymous.products.get(product)).stock, 0)
  assert.equal((await run.as(staff).orders.list({ limit: 100 })).data.length, 7)
})

test('of twenty who buy two products in either order, each gets both or nothing, and none waits for ever', async () => {
  await using run = await testApp(shop)
  const [tea, rice] = [await run.make(products, { stock: 9 }), await run.make(products, { stock: 6 })]
  const line = ({ id }: { id: string }): { product: string; quantity: number } => ({ product: id, quantity: 1 })

  const refusals = await allBuy(run, (n) => ({
    lines: n % 2 === 0 ? [line(tea), line(rice)] : [line(rice), line(tea)],
  }))

  assert.equal(buyers - refusals.length, 6)
  assert.deepEqual(new Set(refusals.map(({ code }) => code)), new Set(['out_of_stock']))
  assert.equal((await run.anonymous.products.get(tea.id)).stock, 3)
  assert.equal((await run.anonymous.products.get(rice.id)).stock, 0)
})

test('control: a shop that writes what is left of the stock it read before sells more than there is', async () => {
  const hasty = action(products, 'buy', {
    allow: [signedIn],
    input: { seen: integer(), quantity: integer() },
    async run({ row, input: { seen, quantity }, tx }) {
      ensure(seen >= quantity, 'conflict', 'There is not enough.')
      return tx.update(products, row.id, { stock: seen - quantity })
    },
  })
  await using run = await testApp(app('shop', { ...shop.parts, hasty }, shop.options))
  const { id } = await run.make(products, { stock: 7 })

  const buy = async (): Promise<unknown> => {
    const ann = run.as(member)
    const { stock } = await ann.products.get(id)
    return ann.products.buy(id, { seen: stock, quantity: 1 })
  }
  const tries = await Promise.allSettled(Array.from({ length: buyers }, buy))

  assert.ok(tries.filter(({ status }) => status === 'fulfilled').length > 7)
})

type Order = Parameters<TestCaller<typeof shop>['orders']['create']>[0]

/** Each of twenty members places one order; answers the refusals. */
async function allBuy(run: TestApp<typeof shop>, order: (n: number) => Order): Promise<ProblemError[]> {
  const tries = await Promise.allSettled(
    Array.from({ length: buyers }, (_, n) => run.as(member).orders.create(order(n))),
  )
  return tries.flatMap((one) => (one.status === 'rejected' ? [one.reason as ProblemError] : []))
}
