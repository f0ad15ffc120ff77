// Several operations at once, as if, and in few words: batches with references, dry runs, minimal answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moneyOf } from 'plinth'
import { type Answered, member, type TestApp, testApp, type TestCaller } from 'plinth/testing'
import shop from './app.ts'
import { staff } from './rules.ts'
import { products } from './shop.ts'

type Shop = typeof shop

const batch = (caller: TestCaller<Shop>, operations: readonly object[]): Promise<Answered> =>
  caller.request('POST', '/api/v1/batch', { body: { operations } })

const post = (path: string, body?: object): object => ({
  method: 'POST',
  path: `/api/v1/${path}`,
  ...(body && { body }),
})

const price = moneyOf('USD', '2.00')

test('a batch makes a supplier and its product, one referring to the other', async () => {
  await using run = await testApp(shop)

  const answer = await batch(run.as(staff), [
    post('suppliers', { company: 'Tea house', country: 'UK' }),
    post('products', { name: 'Chai', supplier: { $ref: '0/id' }, unit: 'box', price }),
  ])

  assert.equal(answer.status, 200)
  const [product] = (await run.anonymous.products.list({ expand: ['supplier'] })).data
  assert.ok(product !== undefined && 'company' in product.supplier)
  assert.equal(product.supplier.company, 'Tea house')
})

test('a batch places an order and pays it, by the id it was just given', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 5 })

  const answer = await batch(ann, [post('orders', { lines: [{ product, quantity: 2 }] }), post('orders/$0/id/pay')])

  const { results } = answer.body as { results: { status: number; body: { status: string } }[] }
  assert.deepEqual(
    results.map(({ status, body }) => [status, body.status]),
    [
      [201, 'pending'],
      [200, 'paid'],
    ],
  )
  assert.deepEqual(
    (await ann.orders.list()).data.map(({ status }) => status),
    ['paid'],
  )
})

test('when one operation of a batch is refused, none has happened', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 5 })
  const buy = (quantity: number): object => post('orders', { lines: [{ product, quantity }] })

  const answer = await batch(ann, [buy(3), buy(2), buy(1)])

  assert.equal(answer.status, 409)
  assert.match(answer.text, /"code":"out_of_stock".*Operation 2/)
  await nothingHappened(run, ann, product)
})

test('control: the same three calls one by one leave two orders', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 5 })

  for (const quantity of [3, 2, 1])
    await ann.request('POST', '/api/v1/orders', { body: { lines: [{ product, quantity }] } })

  await assert.rejects(nothingHappened(run, ann, product), assert.AssertionError)
})

test('a batch obeys the rules of each operation, and names the wrong value in it', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)

  assert.equal((await batch(ann, [post('suppliers', { company: 'Mine', country: 'UK' })])).status, 403)
  const wrong = await batch(run.as(staff), [
    post('suppliers', { company: 'A', country: 'UK' }),
    post('suppliers', { company: 'B' }),
  ])
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /"pointer":"\/operations\/1\/body\/country","code":"required"/)
  assert.equal((await batch(ann, [{ method: 'GET', path: '/api/v1/orders' }])).status, 422)
  assert.equal((await batch(ann, [post('orders/$0/id/pay')])).status, 422)
  assert.deepEqual((await run.anonymous.suppliers.list()).data, [])
})

// ---- preferences

test('a dry run answers as if, and nothing has happened', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 5, price })
  const body = { lines: [{ product, quantity: 2 }] }

  const answer = await ann.request('POST', '/api/v1/orders', { body, headers: { Prefer: 'dry-run' } })

  assert.equal(answer.status, 201)
  assert.equal(answer.headers.get('Preference-Applied'), 'dry-run')
  assert.match(answer.text, /"total":\{"amount":"4.00","currency":"USD"\}/)
  await nothingHappened(run, ann, product)
})

test('a dry run is refused as the real one would be', async () => {
  await using run = await testApp(shop)
  const { id: product } = await run.make(products, { stock: 1 })
  const headers = { Prefer: 'dry-run' }

  const answer = await run
    .as(member)
    .request('POST', '/api/v1/orders', { body: { lines: [{ product, quantity: 2 }] }, headers })

  assert.equal(answer.status, 409)
})

test('a minimal answer says where it is and nothing more', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 5 })
  const headers = { Prefer: 'return=minimal' }

  const made = await ann.request('POST', '/api/v1/orders', { body: { lines: [{ product, quantity: 2 }] }, headers })
  const path = made.headers.get('Location') ?? ''
  const paid = await ann.request('POST', `${path}/pay`, { headers })

  assert.deepEqual([made.status, made.text, paid.status, paid.text], [201, '', 204, ''])
  assert.equal(made.headers.get('Preference-Applied'), 'return=minimal')
  assert.match((await ann.request('GET', path)).text, /"status":"paid"/)
})

/** No order is there, and all five are in stock. */
async function nothingHappened(run: TestApp<Shop>, ann: TestCaller<Shop>, product: string): Promise<void> {
  assert.deepEqual((await ann.orders.list()).data, [])
  assert.equal((await run.anonymous.products.get(product)).stock, 5)
}
