// Products: read by anyone, written by staff, changed by one at a time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moneyOf } from 'plinth'
import { member, refused, tagOf, type TestApp, testApp } from 'plinth/testing'
import shop from './app.ts'
import { staff } from './rules.ts'
import { orders, products, suppliers } from './shop.ts'

const somewhere = '019b76da-a800-7000-8000-000000000000'

test('anyone reads products, one and many', async () => {
  await using run = await testApp(shop)
  const tea = await run.make(products, { name: 'Chai', price: moneyOf('USD', '18.00'), stock: 39 })

  const found = await run.anonymous.products.get(tea.id)

  assert.equal(found.name, 'Chai')
  assert.deepEqual(found.price, { amount: '18.00', currency: 'USD' })
  assert.deepEqual((await run.anonymous.products.list()).data, [found])
})

test('staff make, change, replace and delete a product', async () => {
  await using run = await testApp(shop)
  const boss = run.as(staff)
  const supplier = (await run.make(suppliers)).id
  const price = moneyOf('USD', '1.00')

  const made = await boss.products.create({ name: 'Tea', supplier, unit: 'bag', price })
  assert.equal(made.stock, 0)
  assert.equal(made.discontinued, false)

  const changed = await boss.products.update(made.id, { stock: 3, price: moneyOf('USD', '2.00') })
  assert.deepEqual({ ...changed, updatedAt: made.updatedAt }, { ...made, stock: 3, price: moneyOf('USD', '2.00') })

  const replaced = await boss.products.replace(made.id, { name: 'Rice', supplier, unit: 'bag', price })
  assert.equal(replaced.stock, 0) // what a replacement leaves out takes its default

  await boss.products.delete(made.id)
  await refused(boss.products.get(made.id), 'not_found')
})

test('members and strangers write nothing', async () => {
  await using run = await testApp(shop)
  const tea = await run.make(products, { name: 'Tea' })
  const data = { name: 'Rice', supplier: tea.supplier, unit: 'bag', price: tea.price }

  for (const [caller, code] of [
    [run.as(member), 'forbidden'],
    [run.anonymous, 'unauthenticated'],
  ] as const) {
    await refused(caller.products.create(data), code)
    await refused(caller.products.update(tea.id, { name: 'Rice' }), code)
    await refused(caller.products.replace(tea.id, data), code)
    await refused(caller.products.delete(tea.id), code)
  }

  assert.deepEqual(
    (await run.anonymous.products.list()).data.map(({ name }) => name),
    ['Tea'],
  )
})

test('a product of a supplier that is not there is refused, and so is one with a wrong price', async () => {
  await using run = await testApp(shop)
  const boss = run.as(staff)
  const data = { name: 'Tea', supplier: somewhere, unit: 'bag', price: moneyOf('USD', '1.00') }

  await refused(boss.products.create(data), 'invalid', { '/supplier': 'bad_reference' })
  const price = { amount: '-0.01', currency: 'USD' } as const
  await refused(boss.products.create({ ...data, price }), 'invalid', { '/price/amount': 'too_small' })
  assert.deepEqual((await boss.products.list()).data, [])
})

test('a product that was ordered cannot be deleted, nor can a supplier with products', async () => {
  await using run = await testApp(shop)
  const boss = run.as(staff)
  const order = await run.make(orders)
  const { product } = order.lines[0]!

  await refused(boss.products.delete(product), 'conflict')
  await refused(boss.suppliers.delete((await boss.products.get(product)).supplier), 'conflict')

  assert.equal((await boss.orders.get(order.id)).lines[0]!.product, product)
})

test('an expanded product shows its supplier, and a supplier lists its products', async () => {
  await using run = await testApp(shop)
  const tea = await run.make(products)
  await run.make(products)

  const found = await run.anonymous.products.get(tea.id, { expand: ['supplier'] })
  const listed = await run.anonymous.request('GET', `/api/v1/suppliers/${tea.supplier}/products?fields=id`)

  assert.deepEqual(found.supplier, await run.anonymous.suppliers.get(tea.supplier))
  assert.deepEqual(listed.body, { data: [{ id: tea.id }], next: null })
})

// ---- one at a time

test('who changes an old copy is told, and nothing is lost', async () => {
  await using run = await testApp(shop)
  const { ann, bob, id } = await twoClerks(run)
  const [mine, theirs] = [await ann.products.get(id), await bob.products.get(id)]

  await ann.products.update(id, { name: 'Green tea' }, { ifMatch: tagOf(mine)! })
  const problem = await refused(
    bob.products.update(id, { name: 'Black tea' }, { ifMatch: tagOf(theirs)! }),
    'precondition_failed',
  )

  assert.equal(problem.status, 412)
  assert.equal((await ann.products.get(id)).name, 'Green tea')
  await refused(bob.products.delete(id, { ifMatch: tagOf(theirs)! }), 'precondition_failed')
})

test('control: without its tag the second change wins unseen', async () => {
  await using run = await testApp(shop)
  const { ann, bob, id } = await twoClerks(run)

  await ann.products.update(id, { name: 'Green tea' })
  await bob.products.update(id, { name: 'Black tea' })

  assert.equal((await ann.products.get(id)).name, 'Black tea')
})

test('of twenty changes of one copy at once, one is made', async () => {
  await using run = await testApp(shop)
  const { ann, id } = await twoClerks(run)
  const ifMatch = tagOf(await ann.products.get(id))!

  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => ann.products.update(id, { stock: n + 1 }, { ifMatch })),
  )

  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('what did not change is not sent again', async () => {
  await using run = await testApp(shop)
  const { ann, id } = await twoClerks(run)
  const path = `/api/v1/products/${id}`
  const first = await run.anonymous.request('GET', path)
  const ask = (tag: string): ReturnType<typeof ann.request> =>
    run.anonymous.request('GET', path, { headers: { 'If-None-Match': tag } })
  const tag = first.headers.get('ETag') ?? ''

  const again = await ask(tag)
  assert.equal(again.status, 304)
  assert.equal(again.text, '')
  assert.equal(again.headers.get('ETag'), tag)

  await ann.products.update(id, { stock: 1 })
  const changed = await ask(tag)
  assert.equal(changed.status, 200)
  assert.notEqual(changed.headers.get('ETag'), tag)
})

async function twoClerks(run: TestApp<typeof shop>) {
  const { id } = await run.make(products, { name: 'Tea' })
  return { ann: run.as(staff), bob: run.as(staff), id }
}
