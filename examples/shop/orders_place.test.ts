// Placing an order: what it takes, what it costs, and what it refuses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { action, app, derive, type Money, moneyOf, problem } from 'plinth'
import { member, refused, testApp } from 'plinth/testing'
import shop from './app.ts'
import { outOfStock } from './out_of_stock.ts'
import { staff } from './rules.ts'
import { orders, placeOrder, products } from './shop.ts'

const dollars = (amount: string): Money<'USD'> => moneyOf('USD', amount)

test('placing an order takes the stock and computes the total from the prices of the moment', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const tea = await run.make(products, { price: dollars('2.50'), stock: 10 })
  const rice = await run.make(products, { price: dollars('0.99'), stock: 5 })

  const order = await ann.orders.create({
    lines: [
      { product: tea.id, quantity: 3 },
      { product: rice.id, quantity: 5 },
    ],
  })

  assert.equal(order.customer, ann.id)
  assert.equal(order.status, 'pending')
  assert.equal(order.orderedAt, '2026-01-01T00:00:00.000Z')
  assert.deepEqual(order.total, dollars('12.45'))
  assert.deepEqual(order.lines, [
    { product: tea.id, quantity: 3, price: dollars('2.50'), discount: '0.00' },
    { product: rice.id, quantity: 5, price: dollars('0.99'), discount: '0.00' },
  ])
  assert.equal((await ann.products.get(tea.id)).stock, 7)
  assert.equal((await ann.products.get(rice.id)).stock, 0)
})

test('the answer is a 201 with the address of the order', async () => {
  await using run = await testApp(shop)
  const tea = await run.make(products, { stock: 1 })
  const ann = run.as(member)

  const answer = await ann.request('POST', '/api/v1/orders', { body: { lines: [{ product: tea.id, quantity: 1 }] } })

  assert.equal(answer.status, 201)
  const address = answer.headers.get('Location') ?? ''
  assert.equal((await ann.request('GET', address)).text, answer.text)
})

test('an order keeps its prices when the product becomes dearer', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const tea = await run.make(products, { price: dollars('2.00'), stock: 9 })
  const order = await ann.orders.create({ lines: [{ product: tea.id, quantity: 2 }] })

  await run.as(staff).products.update(tea.id, { price: dollars('3.00') })

  assert.deepEqual((await ann.orders.pay(order.id)).total, dollars('4.00'))
  assert.deepEqual((await ann.orders.create({ lines: [{ product: tea.id, quantity: 2 }] })).total, dollars('6.00'))
})

// ---- not enough

test('when any line is short, nothing is taken and no order is made', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const tea = await run.make(products, { stock: 10 })
  const rice = await run.make(products, { stock: 4 })

  const lines = [tea, rice].map(({ id }) => ({ product: id, quantity: 5 }))
  const problem = await refused(ann.orders.create({ lines }), 'out_of_stock')

  assert.equal(problem.status, 409)
  assert.equal((await ann.products.get(tea.id)).stock, 10)
  assert.equal((await ann.products.get(rice.id)).stock, 4)
  assert.deepEqual((await ann.orders.list()).data, [])
})

test('control: a refusal that is returned instead of thrown would keep what the first line took', async () => {
  const keeping = action(orders, 'create', {
    on: 'collection',
    allow: placeOrder.spec.allow,
    input: { lines: orders.fields.lines },
    problems: [outOfStock],
    async run({ input, tx }) {
      for (const { product, quantity } of input.lines) {
        if ((await tx.add(products, product, { stock: -quantity })) === undefined) return problem(outOfStock, 'Short.')
      }
      throw new TypeError('the control is about a short line')
    },
  })
  await using run = await testApp(app('shop', { ...shop.parts, placeOrder: keeping }, shop.options))
  const ann = run.as(member)
  const [tea, rice] = [await run.make(products, { stock: 10 }), await run.make(products, { stock: 4 })]

  const lines = [tea, rice].map(({ id }) => ({ product: id, quantity: 5 }))
  await refused(ann.orders.create({ lines }), 'out_of_stock')

  assert.equal((await ann.products.get(tea.id)).stock, 5)
})

test('two lines of one product are short together', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const tea = await run.make(products, { stock: 5 })
  const twice = (quantity: number): { product: string; quantity: number }[] => [
    { product: tea.id, quantity },
    { product: tea.id, quantity },
  ]

  await refused(ann.orders.create({ lines: twice(3) }), 'out_of_stock')
  await ann.orders.create({ lines: twice(2) })

  assert.equal((await ann.products.get(tea.id)).stock, 1)
})

// ---- what a caller may send

test('a member sends lines and nothing else', async () => {
  await using run = await testApp(shop)
  const tea = await run.make(products, { stock: 5 })
  const line = { product: tea.id, quantity: 1, price: dollars('0.01'), discount: '1.00' }
  const body = { lines: [line], status: 'paid', total: dollars('0.01'), customer: tea.id }

  const answer = await run.as(member).request('POST', '/api/v1/orders', { body })

  assert.equal(answer.status, 422)
  const { errors } = answer.body as { errors: { pointer: string }[] }
  const pointers = errors.map(({ pointer }) => pointer).toSorted()
  assert.deepEqual(pointers, ['/customer', '/lines/0/discount', '/lines/0/price', '/status', '/total'])
  assert.equal((await run.anonymous.products.get(tea.id)).stock, 5)
})

test('every wrong value is named at once, and nothing is taken', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const tea = await run.make(products, { stock: 5 })
  const lines = [
    { product: tea.id, quantity: 1 },
    { product: tea.id, quantity: 0 },
    { product: 'tea', quantity: 10_001 },
  ]

  await refused(ann.orders.create({ lines }), 'invalid', {
    '/lines/1/quantity': 'too_small',
    '/lines/2/product': 'bad_format',
    '/lines/2/quantity': 'too_large',
  })
  await refused(ann.orders.create({ lines: [] }), 'invalid', { '/lines': 'too_few' })
  assert.equal((await ann.products.get(tea.id)).stock, 5)
})

test('a product that is not there is a wrong value, not a short one', async () => {
  await using run = await testApp(shop)
  const tea = await run.make(products, { stock: 5 })
  const lines = [
    { product: tea.id, quantity: 1 },
    { product: '00000000-0000-7000-8000-000000000000', quantity: 1 },
  ]

  await refused(run.as(member).orders.create({ lines }), 'invalid', { '/lines/1/product': 'bad_reference' })
  assert.equal((await run.anonymous.products.get(tea.id)).stock, 5)
})

test('nobody in particular places no order', async () => {
  await using run = await testApp(shop)
  const tea = await run.make(products, { stock: 5 })

  const lines = [{ product: tea.id, quantity: 1 }]
  const problem = await refused(run.anonymous.orders.create({ lines }), 'unauthenticated')

  assert.equal(problem.status, 401)
  assert.equal((await run.anonymous.products.get(tea.id)).stock, 5)
})

// ---- exact totals

test('a total is exact and rounded once: half a cent goes up', async () => {
  await using run = await testApp(shop)
  const price = dollars('0.10')
  const line = { product: (await run.make(products)).id, quantity: 1, price, discount: '0.05' }

  // Each line is 9.5 cents: three of them are 28.5, and rounding each line first would make them 30.
  const order = await run.make(orders, { lines: [line, line, line] })

  assert.deepEqual(order.total, dollars('0.29'))
})

test('control: with floating numbers a cent is lost', async () => {
  const floating = derive(orders, {
    total: ({ data }) => {
      const cents = data.lines.reduce((sum, { price, quantity }) => sum + Number(price.amount) * quantity * 100, 0)
      return moneyOf('USD', (Math.floor(cents) / 100).toFixed(2))
    },
  })
  await using run = await testApp(app('shop', { ...shop.parts, ordersDerive: floating }, shop.options))

  const line = { product: (await run.make(products)).id, quantity: 1, price: dollars('4.35') }
  const order = await run.make(orders, { lines: [line] })

  assert.equal(order.total.amount, '4.34')
})
