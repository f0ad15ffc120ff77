// The list of products: filtered, sorted, searched, and read page by page while it changes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moneyOf } from 'plinth'
import { member, refused, type TestApp, testApp, type TestCaller } from 'plinth/testing'
import shop from './app.ts'
import { products, suppliers } from './shop.ts'

type Shop = typeof shop
type Query = Parameters<TestCaller<Shop>['products']['list']>[0]

/** Five products of two suppliers, in the order they were made. */
async function stocked(run: TestApp<Shop>): Promise<{ north: string; south: string }> {
  const [north, south] = [(await run.make(suppliers)).id, (await run.make(suppliers)).id]
  const rows = [
    ['Green tea', north, '3.50', false],
    ['Black tea', south, '2.00', false],
    ['Rice', north, '2.00', true],
    ['Ärtsoppa', south, '10.00', false],
    ['rice cake', north, '0.99', false],
  ] as const
  for (const [name, supplier, amount, discontinued] of rows) {
    await run.make(products, { name, supplier, price: moneyOf('USD', amount), discontinued })
    run.clock.advance(1_000)
  }
  return { north, south }
}

async function names(run: TestApp<Shop>, query: Query): Promise<string[]> {
  return (await run.anonymous.products.list(query)).data.map(({ name }) => name)
}

test('the newest come first, and sorts by name, price and time go both ways', async () => {
  await using run = await testApp(shop)
  await stocked(run)
  const made = ['Green tea', 'Black tea', 'Rice', 'Ärtsoppa', 'rice cake']

  assert.deepEqual(await names(run, {}), made.toReversed())
  assert.deepEqual(await names(run, { sort: 'createdAt' }), made)
  assert.deepEqual(await names(run, { sort: '-createdAt' }), made.toReversed())
  assert.deepEqual(await names(run, { sort: 'name' }), ['Black tea', 'Green tea', 'Rice', 'rice cake', 'Ärtsoppa'])
  // Of equal prices the one made first comes first; money sorts as a number.
  assert.deepEqual(await names(run, { sort: 'price' }), ['rice cake', 'Black tea', 'Rice', 'Green tea', 'Ärtsoppa'])
})

test('filters narrow by supplier, price and whether it is still sold', async () => {
  await using run = await testApp(shop)
  const { north, south } = await stocked(run)
  const sort = 'createdAt'

  assert.deepEqual(await names(run, { sort, where: { supplier: south } }), ['Black tea', 'Ärtsoppa'])
  assert.deepEqual(await names(run, { sort, where: { price: '2.00' } }), ['Black tea', 'Rice'])
  assert.deepEqual(await names(run, { sort, where: { price: { gt: '2.00', lte: '10.00' } } }), [
    'Green tea',
    'Ärtsoppa',
  ])
  assert.deepEqual(await names(run, { sort, where: { discontinued: true } }), ['Rice'])
  assert.deepEqual(await names(run, { sort, where: { discontinued: { ne: true }, supplier: north } }), [
    'Green tea',
    'rice cake',
  ])
  assert.deepEqual(await names(run, { sort, where: { name: { in: ['Rice', 'Green tea'] } } }), ['Green tea', 'Rice'])
  assert.deepEqual(await names(run, { sort, where: { price: '7.77' } }), [])
})

test('a search finds whole words whatever their case', async () => {
  await using run = await testApp(shop)
  await stocked(run)

  assert.deepEqual(await names(run, { q: 'TEA', sort: 'name' }), ['Black tea', 'Green tea'])
  assert.deepEqual(await names(run, { q: 'rice cake' }), ['rice cake'])
  assert.deepEqual(await names(run, { q: 'ärtsoppa' }), ['Ärtsoppa'])
  assert.deepEqual(await names(run, { q: 'coffee' }), [])
})

test('a list may be cut to fields and counted', async () => {
  await using run = await testApp(shop)
  await stocked(run)

  const page = await run.anonymous.products.list({ sort: 'price', limit: 2, fields: ['name'], count: 'exact' })

  assert.deepEqual(
    page.data.map(({ name }) => name),
    ['rice cake', 'Black tea'],
  )
  assert.deepEqual(Object.keys(page.data[0]!), ['id', 'name'])
  assert.equal(page.count, 5)
})

test('what the list cannot do is refused by its name, and never ignored', async () => {
  await using run = await testApp(shop)
  await stocked(run)
  const asked = ['colour=red', 'sort=unit', 'sort=stock', 'limit=0', 'limit=101', 'limit=2&limit=3', 'price[near]=2.00']
  const wrong = [
    ...asked,
    'price=cheap',
    'after=nothing',
    'fields=colour',
    'expand=colour',
    'supplier=north',
    'count=about',
  ]

  for (const query of wrong) {
    const { status, body } = await run.anonymous.request('GET', `/api/v1/products?${query}`)
    const { code, detail } = body as { code: string; detail: string }
    const parameter = query.split('=')[0] ?? ''
    assert.deepEqual([query, status, code, detail.includes(parameter)], [query, 400, 'malformed', true])
  }
})

// ---- pages

test('pages show each product once, in order, while others are made between them', async () => {
  for (const sort of ['name', '-name', 'price', '-price', 'createdAt', undefined] as const) {
    await using run = await testApp(shop)
    for (let n = 0; n < 9; n += 1) await run.make(products, { price: moneyOf('USD', `${n % 3}.00`) })
    const before = (await run.anonymous.products.list({ ...(sort && { sort }), limit: 100 })).data.map(({ id }) => id)

    const seen: string[] = []
    for await (const { id } of run.anonymous.products.each({ ...(sort && { sort }), limit: 2 })) {
      seen.push(id)
      // Those that sort behind the page are met later, so there must be an end of them.
      if (seen.length <= before.length)
        await run.make(products, { name: `Sample ${seen.length}a`, price: moneyOf('USD', '1.00') })
    }

    assert.deepEqual(
      seen.filter((id) => before.includes(id)),
      before,
      `sort ${sort}`,
    )
    assert.equal(new Set(seen).size, seen.length)
  }
})

test('control: pages by number repeat a product when another is made between them', async () => {
  await using run = await testApp(shop)
  for (let n = 0; n < 4; n += 1) await run.make(products)
  const page = async (number: number): Promise<string[]> =>
    (await run.anonymous.products.list({ limit: 100 })).data.slice(number * 2, number * 2 + 2).map(({ id }) => id)

  const first = await page(0)
  await run.make(products)
  const second = await page(1)

  assert.equal(new Set([...first, ...second]).size, 3)
})

test('the next page is a link, and a cursor belongs to its own list', async () => {
  await using run = await testApp(shop)
  await stocked(run)

  const first = await run.anonymous.request('GET', '/api/v1/products?sort=name&limit=2')
  const link = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('Link') ?? '')?.[1] ?? ''
  const second = await run.anonymous.request('GET', link)

  const { data } = second.body as { data: { name: string }[] }
  assert.deepEqual(
    data.map(({ name }) => name),
    ['Rice', 'rice cake'],
  )
  const { next } = await run.anonymous.products.list({ sort: 'name', limit: 2 })
  await refused(run.anonymous.products.list({ sort: 'price', limit: 2, after: next! }), 'malformed')
  await refused(run.as(member).suppliers.list({ after: next! }), 'malformed')
  const bent = next!.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
  await refused(run.anonymous.products.list({ sort: 'name', limit: 2, after: bent }), 'malformed')
})
