// The states of an order: pending, then paid, then shipped; or cancelled while it is pending.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { action, app } from 'plinth'
import { member, refused, type TestApp, testApp, type TestCaller } from 'plinth/testing'
import shop from './app.ts'
import { staff } from './rules.ts'
import { orders, products } from './shop.ts'

type Shop = typeof shop

interface Scene {
  readonly ann: TestCaller<Shop>
  readonly product: string
  readonly order: string
}

/** Ann has ordered 2 of 10. */
async function ordered(run: TestApp<Shop>): Promise<Scene> {
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 10 })
  const { id: order } = await ann.orders.create({ lines: [{ product, quantity: 2 }] })
  return { ann, product, order }
}

test('an order goes from pending to paid to shipped, and carries the time it was shipped', async () => {
  await using run = await testApp(shop)
  const { ann, order } = await ordered(run)

  const paid = await ann.orders.pay(order)
  run.clock.advance(3_600_000)
  const shipped = await run.as(staff).orders.ship(order)

  assert.equal(paid.status, 'paid')
  assert.equal(paid.shippedAt, null)
  assert.equal(shipped.status, 'shipped')
  assert.equal(shipped.shippedAt, '2026-01-01T01:00:00.000Z')
  assert.deepEqual(await ann.orders.get(order), shipped)
})

test('a paid order cannot be paid again', async () => {
  await using run = await testApp(shop)
  const { ann, order } = await ordered(run)
  await ann.orders.pay(order)

  const problem = await refused(ann.orders.pay(order), 'conflict')

  assert.equal(problem.status, 409)
})

test('control: without its condition an order is paid twice', async () => {
  const lax = action(orders, 'pay', {
    allow: [staff],
    run: async ({ row, tx }) => tx.update(orders, row.id, { status: 'paid' }),
  })
  await using run = await testApp(app('shop', { ...shop.parts, pay: lax }, shop.options))
  const { id } = await run.make(orders)
  const boss = run.as(staff)
  await boss.orders.pay(id)

  await assert.rejects(refused(boss.orders.pay(id), 'conflict'), assert.AssertionError)
})

test('cancelling gives the stock back, once', async () => {
  await using run = await testApp(shop)
  const { ann, product, order } = await ordered(run)
  assert.equal((await ann.products.get(product)).stock, 8)

  assert.equal((await ann.orders.cancel(order)).status, 'cancelled')
  await refused(ann.orders.cancel(order), 'conflict')

  assert.equal((await ann.products.get(product)).stock, 10)
})

test('an order of two lines of one product gives both back', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 9 })
  const line = { product, quantity: 4 }
  const { id } = await ann.orders.create({ lines: [line, line] })

  await ann.orders.cancel(id)

  assert.equal((await ann.products.get(product)).stock, 9)
})

test('ten who cancel one order at once give its stock back once', async () => {
  await using run = await testApp(shop)
  const { ann, product, order } = await ordered(run)

  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => ann.orders.cancel(order)))

  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal((await ann.products.get(product)).stock, 10)
})

type Step = 'pay' | 'ship' | 'cancel'

/** What each state refuses; what it takes is in the tests above. */
const refusals: readonly { readonly after: readonly Step[]; readonly refuses: readonly Step[] }[] = [
  { after: [], refuses: ['ship'] },
  { after: ['pay'], refuses: ['pay', 'cancel'] },
  { after: ['pay', 'ship'], refuses: ['pay', 'ship', 'cancel'] },
  { after: ['cancel'], refuses: ['pay', 'ship', 'cancel'] },
]

for (const { after, refuses } of refusals) {
  test(`an order refuses to ${refuses.join(', ')} after ${after.join(', ') || 'placing'}, and stays so`, async () => {
    await using run = await testApp(shop)
    const { product, order } = await ordered(run)
    const boss = run.as(staff)
    for (const step of after) await boss.orders[step](order)
    const before = await boss.orders.get(order)

    for (const step of refuses) await refused(boss.orders[step](order), 'conflict')

    assert.deepEqual(await boss.orders.get(order), before)
    assert.equal((await boss.products.get(product)).stock, after.includes('cancel') ? 10 : 8)
  })
}

// ---- whose order it is

test("another member's order answers exactly as one that is missing", async () => {
  await using run = await testApp(shop)
  const { order } = await ordered(run)

  assert.equal(await seen(run, order), await seen(run, '019b76da-a800-7000-8000-000000000000'))
})

test('control: where every member may read orders, the two answers differ', async () => {
  const open = {
    ...orders,
    spec: { ...orders.spec, allow: { ...orders.spec.allow, read: [{ rule: 'signedIn' }] } },
  } as const
  // The parts of the shop hold on to the closed noun, so this app is the noun alone.
  const { customers, products: goods, suppliers, ordersDerive } = shop.parts
  await using run = await testApp(
    app('open', { customers, goods, suppliers, ordersDerive, orders: open }, shop.options),
  )
  const { id } = await run.make(orders)
  const bob = run.as(member)

  const there = await bob.request('GET', `/api/v1/orders/${id}`)
  const missing = await bob.request('GET', '/api/v1/orders/019b76da-a800-7000-8000-000000000000')

  assert.notEqual(there.status, missing.status)
})

/** All that another member is told of an order: status, headers and body of each operation, without id and hour. */
async function seen(run: TestApp<Shop>, id: string): Promise<string> {
  const bob = run.as(member)
  const path = `/api/v1/orders/${id}`
  const headers = { 'X-Request-Id': 'same' }
  const asked = [
    ['GET', path],
    ['HEAD', path],
    ['POST', `${path}/pay`],
    ['POST', `${path}/cancel`],
    ['POST', `${path}/ship`],
  ] as const
  const answers: unknown[] = []
  for (const [method, at] of asked) {
    const { status, headers: told, text } = await bob.request(method, at, { headers })
    const said = [...told].filter(([name]) => name !== 'content-length' && name !== 'date')
    answers.push([method, status, said, text.replaceAll(id, '{id}')])
  }
  return JSON.stringify(answers)
}

test('a member lists their own orders, staff list all, nobody else lists any', async () => {
  await using run = await testApp(shop)
  const [one, two] = [await ordered(run), await ordered(run)]
  const idsOf = async (caller: TestCaller<Shop>): Promise<string[]> =>
    (await caller.orders.list()).data.map(({ id }) => id)

  assert.deepEqual(await idsOf(one.ann), [one.order])
  assert.deepEqual(await idsOf(run.as(staff)), [two.order, one.order])
  assert.deepEqual(await idsOf(run.as(member)), [])
  await refused(run.anonymous.orders.list(), 'unauthenticated')
})

test('only staff ship', async () => {
  await using run = await testApp(shop)
  const { ann, order } = await ordered(run)
  await ann.orders.pay(order)

  await refused(ann.orders.ship(order), 'forbidden')

  assert.equal((await ann.orders.get(order)).status, 'paid')
})

test('an order is changed by its actions alone', async () => {
  await using run = await testApp(shop)
  const { ann, order } = await ordered(run)

  for (const method of ['PATCH', 'PUT', 'DELETE']) {
    const answer = await ann.request(method, `/api/v1/orders/${order}`, { body: method === 'DELETE' ? undefined : {} })
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.get('Allow'), 'GET, HEAD, OPTIONS')
  }
})
