// The import of Northwind: everything is there to the cent, and importing again changes nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { action, app, items } from 'plinth'
import { type TestApp, testApp, type TestCaller } from 'plinth/testing'
import shop from '../app.ts'
import { staff } from '../rules.ts'
import { suppliers } from '../suppliers.ts'
import type { CsvRow } from './csv.ts'
import { loadNorthwind, readRows } from './load.ts'
import { imported, northwindNumber } from './taken_over.ts'

type Shop = typeof shop
type Order = Awaited<ReturnType<TestCaller<Shop>['orders']['get']>>

const load = (run: TestApp<Shop>): Promise<void> => loadNorthwind(run.operator('staff'), () => {})

test('29 suppliers, 77 products, 91 customers and 830 orders come in, the progress told to the end', async () => {
  await using run = await testApp(shop)
  const told: string[] = []

  await loadNorthwind(run.operator('staff'), (done, of, what) => told.push(`${what} ${done}/${of}`))

  const boss = run.as(staff)
  const one = { limit: 1, count: 'exact' } as const
  const pages = await Promise.all([
    boss.suppliers.list(one),
    boss.products.list(one),
    boss.customers.list(one),
    boss.orders.list(one),
  ])
  assert.deepEqual(
    pages.map(({ count }) => count),
    [29, 77, 91, 830],
  )
  assert.equal(told.at(-1), 'Northwind 1027/1027')
})

test('the total of each order is the exact sum of its lines, rounded once', async () => {
  await using run = await testApp(shop)
  await load(run)
  const expected = totalsOf(await readRows('order_details'), roundedOnce)

  const totals = new Map<string, string>()
  for await (const { number, total } of run.as(staff).orders.each({ limit: 100 }))
    totals.set(String(number), total.amount)

  assert.equal(totals.size, 830)
  for (const [order, cents] of expected) assert.equal(totals.get(order), decimalOf(cents), `order ${order}`)
  const grand = [...totals.values()].reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n)
  assert.equal(
    grand,
    [...expected.values()].reduce((sum, cents) => sum + cents, 0n),
  )
})

test('control: rounding each line would give other totals', async () => {
  const details = await readRows('order_details')
  const once = totalsOf(details, roundedOnce)
  const eachLine = totalsOf(details, (tenThousandths) => tenThousandths.reduce((sum, line) => sum + rounded(line), 0n))

  assert.ok([...once].filter(([order, cents]) => eachLine.get(order) !== cents).length > 0)
})

test('an order is taken over with its customer, dates, freight, address, discounts and old prices', async () => {
  await using run = await testApp(shop)
  await load(run)

  const order = await orderOf(run, 10_250)

  assert.ok('code' in order.customer)
  assert.equal(order.customer.code, 'HANAR')
  assert.equal(order.status, 'shipped')
  assert.equal(order.orderedAt, '1996-07-08T00:00:00.000Z')
  assert.equal(order.requiredAt, '1996-08-05T00:00:00.000Z')
  assert.equal(order.shippedAt, '1996-07-12T00:00:00.000Z')
  assert.deepEqual(order.freight, { amount: '65.83', currency: 'USD' })
  assert.equal(order.shipTo, 'Hanari Carnes, Rio de Janeiro, RJ, 05454-876, Brazil')
  assert.deepEqual(
    order.lines.map(({ quantity, price, discount }) => [quantity, price.amount, discount]),
    [
      [10, '7.70', '0.00'],
      [35, '42.40', '0.15'],
      [15, '16.80', '0.15'],
    ],
  )
})

test('an order that was never shipped is paid, and has no date of it', async () => {
  await using run = await testApp(shop)
  await load(run)
  const boss = run.as(staff)

  const paid: Pick<Order, 'shippedAt'>[] = []
  for await (const order of boss.orders.each({ where: { status: 'paid' }, limit: 100 })) paid.push(order)

  const unshipped = (await readRows('orders')).filter((row) => row['shipped_date'] === '')
  assert.equal(paid.length, unshipped.length)
  assert.ok(paid.every(({ shippedAt }) => shippedAt === null))
})

test('prices and stock are those of the file: history takes nothing from stock', async () => {
  await using run = await testApp(shop)
  await load(run)
  const products = new Map<number | null, { price: { amount: string }; stock: number; discontinued: boolean }>()
  for await (const product of run.anonymous.products.each({ limit: 100 })) products.set(product.number, product)

  for (const row of await readRows('products')) {
    const { price, stock, discontinued } = products.get(Number(row['id']))!
    assert.equal(BigInt(price.amount.replace('.', '')), scaled(row['unit_price'], 2))
    assert.equal(stock, Number(row['units_in_stock']))
    assert.equal(discontinued, row['discontinued'] === '1')
  }
})

// ---- again

test('importing again changes nothing, not even a version', async () => {
  await using run = await testApp(shop)
  await load(run)
  const before = await everything(run)

  run.clock.advance(60_000)
  await load(run)

  assert.equal(await everything(run), before)
})

test('importing again leaves what has changed meanwhile, and finishes what was cut short', async () => {
  await using run = await testApp(shop)
  const operate = run.operator('staff')
  const stop = (name: string): never => {
    throw new Error(`cut short at ${name}`)
  }
  await assert.rejects(
    loadNorthwind(
      (name, asking) => (name === 'orders.import' ? stop(name) : operate(name, asking)),
      () => {},
    ),
  )
  const boss = run.as(staff)
  const [chai] = (await boss.products.list({ where: { name: 'Chai' } })).data
  await boss.products.update(chai!.id, { stock: 1 })

  await load(run)

  assert.equal((await boss.products.get(chai!.id)).stock, 1)
  assert.equal((await boss.orders.list({ limit: 1, count: 'exact' })).count, 830)
})

test('control: an import that writes over what is there moves versions and times', async () => {
  const overwriting = action(suppliers, 'import', {
    on: 'collection',
    allow: [staff],
    input: { suppliers: items({ ...suppliers.fields, number: northwindNumber }, { min: 1, max: 100 }) },
    output: imported,
    run: async ({ input, tx }) => ({
      imported: (await tx.upsert(suppliers, input.suppliers, { by: ['number'] })).length,
    }),
  })
  await using run = await testApp(app('shop', { ...shop.parts, importSuppliers: overwriting }, shop.options))
  const operate = run.operator('staff')
  const body = { suppliers: [{ number: 1, company: 'Exotic Liquids', country: 'UK' }] }
  await operate('suppliers.import', { body })
  const before = (await run.anonymous.request('GET', '/api/v1/suppliers')).text

  run.clock.advance(60_000)
  await operate('suppliers.import', { body })

  assert.notEqual((await run.anonymous.request('GET', '/api/v1/suppliers')).text, before)
})

test('only staff import, and a row that refers to nothing is named', async () => {
  await using run = await testApp(shop)
  const product = { number: 1, name: 'Chai', supplier: 9, unit: 'box', price: { amount: '18.00', currency: 'USD' } }
  const body = { products: [product] }

  assert.equal((await run.anonymous.request('POST', '/api/v1/products/import', { body })).status, 401)
  assert.equal((await run.as('member').request('POST', '/api/v1/products/import', { body })).status, 403)
  const refused = await run.as(staff).request('POST', '/api/v1/products/import', { body })
  assert.equal(refused.status, 422)
  assert.match(refused.text, /"pointer":"\/products\/0\/supplier","code":"bad_reference"/)
})

// ---- what the files say, in whole numbers

type Rounding = (tenThousandths: readonly bigint[]) => bigint

/** Cents of each order by its number. */
function totalsOf(details: readonly CsvRow[], rounding: Rounding): Map<string, bigint> {
  const lines = Map.groupBy(details, (row) => row['order_id'] ?? '')
  return new Map([...lines].map(([order, rows]) => [order, rounding(rows.map(tenThousandthsOf))]))
}

/** What a line costs, in ten thousandths of a dollar: price and discount have two digits each. */
function tenThousandthsOf(row: CsvRow): bigint {
  return scaled(row['unit_price'], 2) * BigInt(row['quantity'] ?? '') * (100n - scaled(row['discount'], 2))
}

const roundedOnce: Rounding = (lines) => rounded(lines.reduce((sum, line) => sum + line, 0n))

/** Half a cent goes up. */
const rounded = (tenThousandths: bigint): bigint => (tenThousandths + 50n) / 100n

function scaled(text = '', digits: number): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(digits, '0'))
}

const decimalOf = (cents: bigint): string => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`

async function orderOf(run: TestApp<Shop>, number: number) {
  const { data } = await run.as(staff).orders.list({ where: { number }, expand: ['customer'] })
  assert.equal(data.length, 1)
  return data[0]!
}

/** Every row, and the entity tags, which are the versions, of those there are few of. */
async function everything(run: TestApp<Shop>): Promise<string> {
  const boss = run.as(staff)
  const page = { limit: 100 }
  const lists = {
    suppliers: boss.suppliers.each(page),
    products: boss.products.each(page),
    customers: boss.customers.each(page),
    orders: boss.orders.each(page),
  }
  const seen: unknown[] = []
  for (const [noun, rows] of Object.entries(lists)) {
    for await (const row of rows) {
      seen.push(row)
      if (noun !== 'orders') seen.push(await tagAt(boss, `/api/v1/${noun}/${row.id}`))
    }
  }
  return JSON.stringify(seen)
}

async function tagAt(boss: TestCaller<Shop>, path: string): Promise<string> {
  const tag = (await boss.request('HEAD', path)).headers.get('ETag')
  assert.ok(tag !== null, `${path} has a version`)
  return tag
}
