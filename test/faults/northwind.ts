// The orders of Northwind placed and paid by many clients at once, while the server is killed again and again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { readRows } from '../../examples/shop/northwind/load.ts'
import type { Random } from '../../src/base/random.ts'
import type { Fetch } from '../../src/client/send.ts'
import { secret, tokenFor } from '../../src/testing/crash/people.ts'
import { RestartingServer } from '../../src/testing/crash/restarting_server.ts'

const app = fileURLToPath(new URL('../../examples/shop/app.ts', import.meta.url))
const clients = 16

interface Line {
  readonly product: string
  readonly quantity: number
}

interface Order {
  readonly number: string
  readonly lines: readonly Line[]
}

export interface ReplayOptions {
  /** Orders of the data set to replay, from the first. */
  readonly orders: number
  readonly kills: number
  readonly random: Random
}

/** What was counted afterwards, in the tables themselves. */
export interface Counted {
  readonly orders: number
  /** Totals that differ from the data set's own sums. */
  readonly wrongTotals: readonly string[]
  /** Products whose stock is not what the data set leaves. */
  readonly wrongStocks: readonly string[]
  readonly placedEntries: number
  readonly paidEntries: number
  readonly events: number
  readonly receipts: number
  readonly receiptJobs: number
  readonly kills: number
  readonly brokenInvariants: readonly string[]
}

/** Replays the orders and counts. */
export async function replayNorthwind({ orders: count, kills, random }: ReplayOptions): Promise<Counted> {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-northwind-'))
  const file = join(directory, 'app.db')
  const server = await RestartingServer.start({ app, databaseUrl: `sqlite:${file}`, secret, works: true })
  try {
    const orders = (await readOrders()).slice(0, count)
    const goods = await stockUp(server, orders)
    const done = await placeAll(server, orders, goods, { kills, random })
    const { broken } = await server.settled()
    await server.stop()
    const brokenInvariants = broken.map(({ name, why }) => `${name}: ${why}`)
    return { ...counted(file, orders, goods), kills: done, brokenInvariants }
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function readOrders(): Promise<Order[]> {
  const lines = Map.groupBy(await readRows('order_details'), (line) => line['order_id'])
  return (await readRows('orders')).map(({ id }) => ({
    number: id ?? '',
    lines: (lines.get(id) ?? []).map((line) => ({ product: line['product_id']!, quantity: Number(line['quantity']) })),
  }))
}

/** A product as it is sold here: its id, its price in cents, and what the data set leaves of it. */
interface Good {
  readonly id: string
  readonly cents: number
  readonly left: number
}

type Goods = ReadonlyMap<string, Good>

/** Makes the products, with as much in stock as the orders take and the data set leaves. */
async function stockUp(server: RestartingServer, orders: readonly Order[]): Promise<Goods> {
  const taken = new Map<string, number>()
  for (const { product, quantity } of orders.flatMap(({ lines }) => lines))
    taken.set(product, (taken.get(product) ?? 0) + quantity)
  const supplier = await send(server, 'supplier', '/api/v1/suppliers', { company: 'All of them', country: 'US' })
  const goods = new Map<string, Good>()
  for (const row of await readRows('products')) {
    const number = row['id'] ?? ''
    const left = Number(row['units_in_stock'])
    const made = await send(server, `product-${number}`, '/api/v1/products', {
      name: row['name'],
      supplier: supplier['id'],
      unit: row['qt_per_unit'],
      price: { amount: Number(row['unit_price']).toFixed(2), currency: 'USD' },
      stock: left + (taken.get(number) ?? 0),
    })
    goods.set(number, { id: String(made['id']), cents: Math.round(Number(row['unit_price']) * 100), left })
  }
  return goods
}

async function placeAll(
  server: RestartingServer,
  orders: readonly Order[],
  goods: Goods,
  { kills, random }: Pick<ReplayOptions, 'kills' | 'random'>,
): Promise<number> {
  const waiting = [...orders]
  const state = { placed: 0, kills: 0, isOver: false }
  const killEvery = orders.length / (kills + 1)
  const client = async (): Promise<void> => {
    for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) {
      const lines = order.lines.map(({ product, quantity }) => ({ product: goods.get(product)!.id, quantity }))
      const placed = await send(server, `place-${order.number}`, '/api/v1/orders', { lines })
      await send(server, `pay-${order.number}`, `/api/v1/orders/${String(placed['id'])}/pay`, {})
      state.placed++
    }
  }
  const killer = async (): Promise<void> => {
    while (!state.isOver && state.kills < kills && state.placed < orders.length) {
      await pause(5 + random.fraction() * 40)
      if (state.placed < (state.kills + 0.5) * killEvery) continue
      state.kills++
      await server.kill()
    }
  }
  try {
    await Promise.all([killer(), ...Array.from({ length: clients }, client)])
  } finally {
    state.isOver = true
  }
  return state.kills
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

// Everything is done as one person who may all of it; the key makes each request once, however often it is sent.
async function send(
  server: RestartingServer,
  key: string,
  path: string,
  body: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const isOrder = path.startsWith('/api/v1/orders')
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${tokenFor(isOrder ? 'member' : 'staff', isOrder ? 2 : 1)}`,
    'idempotency-key': key,
  }
  const fetch: Fetch = server.fetch
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await answer.text()
  if (answer.status >= 300) throw new Error(`${key}: ${answer.status} ${text}`)
  return JSON.parse(text) as Readonly<Record<string, unknown>> // an order, a product or a supplier
}

// ---- what is in the tables

function counted(file: string, orders: readonly Order[], goods: Goods): Omit<Counted, 'kills' | 'brokenInvariants'> {
  const database = new DatabaseSync(file, { readOnly: true })
  const number = (sql: string): number => Number(database.prepare(sql).get()?.['n'])
  try {
    return {
      orders: number('select count(*) as n from orders'),
      wrongTotals: differences(totalsOf(database), wantedTotals(orders, goods)),
      wrongStocks: [...goods].flatMap(([name, { id, left }]) => {
        const stock = Number(database.prepare('select stock from products where id = ?').get(id)?.['stock'])
        return stock === left ? [] : [`product ${name}: ${stock}, not ${left}`]
      }),
      placedEntries: number(
        "select count(*) as n from plinth_audit where operation = 'orders.create' and noun = 'orders'",
      ),
      paidEntries: number("select count(*) as n from plinth_audit where operation = 'orders.pay' and noun = 'orders'"),
      events: number("select count(*) as n from plinth_events where name = 'orders.paid'"),
      receipts: number('select count(*) as n from receipts'),
      receiptJobs: number("select count(*) as n from plinth_jobs where name = 'receipts.send'"),
    }
  } finally {
    database.close()
  }
}

const totalsOf = (database: DatabaseSync): number[] =>
  database
    .prepare('select total from orders order by total')
    .all()
    .map((row) => Number(row['total']))

const wantedTotals = (orders: readonly Order[], goods: Goods): number[] =>
  orders
    .map(({ lines }) => lines.reduce((sum, { product, quantity }) => sum + goods.get(product)!.cents * quantity, 0))
    .toSorted((one, other) => one - other)

/** Both are in order, and each order is in both once. */
function differences(found: readonly number[], wanted: readonly number[]): string[] {
  return Array.from({ length: Math.max(found.length, wanted.length) }, (_, at) => at)
    .filter((at) => found[at] !== wanted[at])
    .map((at) => `${found[at]} where ${wanted[at]} cents are the data set's`)
}
