// Customers: a member is one of them, staff see all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { member, refused, testApp } from 'plinth/testing'
import shop from './app.ts'
import { staff } from './rules.ts'
import { customers, products } from './shop.ts'

test('a member is one customer, made on first use', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)

  const me = await ann.customers.get(ann.id)

  assert.equal(me.id, ann.id)
  assert.equal(me.company, `Customer ${ann.id.slice(-6)}`)
  assert.deepEqual((await ann.customers.list()).data, [me])
})

test('twenty first requests of one member make one customer', async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)

  const answers = await Promise.all(Array.from({ length: 20 }, () => ann.customers.get(ann.id)))

  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1)
  assert.equal((await run.as(staff).customers.list()).data.length, 1)
})

test('a member changes their own details, and no other', async () => {
  await using run = await testApp(shop)
  const [ann, bob] = [run.as(member), run.as(member)]
  await bob.customers.get(bob.id)

  const changed = await ann.customers.update(ann.id, { company: 'Ann & Co', city: 'Århus' })

  assert.equal(changed.company, 'Ann & Co')
  assert.equal((await ann.customers.update(ann.id, { city: null })).city, null)
  await refused(ann.customers.update(bob.id, { company: 'Mine' }), 'not_found')
  await refused(ann.customers.get(bob.id), 'not_found')
  assert.equal((await bob.customers.get(bob.id)).company, `Customer ${bob.id.slice(-6)}`)
})

test('staff see, find and add customers, each a row of its own', async () => {
  await using run = await testApp(shop)
  const boss = run.as(staff)
  const ann = run.as(member)
  await ann.customers.get(ann.id)

  const one = await boss.customers.create({ company: 'Bon app' })
  const two = await boss.customers.create({ company: 'Alfreds Futterkiste' })

  assert.notEqual(one.id, two.id)
  assert.notEqual(one.id, boss.id)
  assert.equal((await boss.customers.list({ sort: 'company' })).data[0]!.company, 'Alfreds Futterkiste')
  assert.deepEqual((await boss.customers.list({ q: 'bon' })).data, [one])
  assert.equal((await boss.customers.list()).data.length, 3)
})

test('members add no customers, strangers see none, and nobody deletes one', async () => {
  await using run = await testApp(shop)
  const { id } = await run.make(customers)

  await refused(run.as(member).customers.create({ company: 'Mine' }), 'forbidden')
  await refused(run.anonymous.customers.list(), 'unauthenticated')
  await refused(run.anonymous.customers.get(id), 'unauthenticated')
  assert.equal((await run.as(staff).request('DELETE', `/api/v1/customers/${id}`)).status, 405)
})

test("the code of the data is the server's to set", async () => {
  await using run = await testApp(shop)
  const { id } = await run.make(customers)

  const answer = await run.as(staff).request('PATCH', `/api/v1/customers/${id}`, { body: { code: 'ALFKI' } })

  assert.equal(answer.status, 422)
  assert.match(answer.text, /"pointer":"\/code","code":"readonly"/)
})

test("a customer's orders are listed under the customer, for themselves and for staff", async () => {
  await using run = await testApp(shop)
  const ann = run.as(member)
  const { id: product } = await run.make(products, { stock: 5 })
  const order = await ann.orders.create({ lines: [{ product, quantity: 1 }] })
  const path = `/api/v1/customers/${ann.id}/orders`

  assert.deepEqual((await ann.request('GET', path)).body, { data: [order], next: null })
  assert.deepEqual((await run.as(staff).request('GET', path)).body, { data: [order], next: null })
  assert.deepEqual((await run.as(member).request('GET', path)).body, { data: [], next: null })
})
