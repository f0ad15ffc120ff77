// Asks every system the same questions before it is measured: a fast wrong answer is worth nothing.
import assert from 'node:assert/strict'
import { PRODUCTS, customerId, order, orderId, ownerOf, product, productId } from './data.ts'
import { requestFor, type Endpoint, type Request, type Source } from './requests.ts'

/** A row from the middle of the tables. */
const SOME = 4_242
const NO_TOKEN = ''

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Fails with the first difference between what the server answers and what the data says. */
export async function agree(origin: string, source: Source): Promise<void> {
  const ask = (endpoint: Endpoint, n: number, change: Partial<Request> = {}): Promise<Answer> =>
    send(origin, { ...requestFor(endpoint, n, source), ...change })

  assert.equal((await ask('hello', SOME)).status, 200)
  includes(await ask('one', SOME), 200, product(SOME))
  assert.equal((await ask('one', SOME, { path: `/api/v1/products/${orderId(SOME)}` })).status, 404)
  await newestFirst(ask)
  await onlyTheOwnerReads(ask, source)
  await createsWhatIsValid(ask)
  await placesOrders(ask)
}

type Ask = (endpoint: Endpoint, n: number, change?: Partial<Request>) => Promise<Answer>

async function newestFirst(ask: Ask): Promise<void> {
  const { status, body } = await ask('list', 0) // the first page of the active ones

  assert.equal(status, 200)
  assert.ok(Array.isArray(body['data']) && body['data'].length === 20, 'a page has 20 products')
  includes({ status, body: body['data'][0] }, 200, product(PRODUCTS))
}

async function onlyTheOwnerReads(ask: Ask, source: Source): Promise<void> {
  const stranger = source.tokens[ownerOf(SOME)] ?? NO_TOKEN // the owner's number counts from 1, the tokens from 0

  includes(await ask('order', SOME), 200, order(SOME))
  assert.equal((await ask('order', SOME, { token: stranger })).status, 404)
  assert.equal((await ask('order', SOME, { token: NO_TOKEN })).status, 401)
}

async function createsWhatIsValid(ask: Ask): Promise<void> {
  const created = await ask('create', SOME)

  includes(created, 201, { name: `Bench product ${SOME}`, stock: 500, status: 'active' })
  assert.equal((await ask('create', SOME)).status, 409, 'a sku is given once')
  assert.equal((await ask('create', SOME, { body: '{"sku":"x!","name":"","price":-1,"status":"nope"}' })).status, 422)
}

async function placesOrders(ask: Ask): Promise<void> {
  const soldOut = JSON.stringify({ product: productId(500), quantity: 1 })
  const before = Number((await ask('one', 43)).body['stock'])

  includes(await ask('place', 42), 201, { product: productId(43), quantity: 1, customer: customerId(43) })
  assert.equal(Number((await ask('one', 43)).body['stock']), before - 1, 'the stock is taken')
  assert.equal((await ask('place', 42, { body: soldOut })).status, 409)
  assert.equal((await ask('place', 42, { token: NO_TOKEN })).status, 401)
}

async function send(origin: string, request: Request): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (request.token) headers['authorization'] = `Bearer ${request.token}`
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  // The mark that the load script replaces is not a valid sku; here one text serves.
  const body = request.body?.replaceAll('@', 'A') ?? null
  const response = await fetch(origin + request.path, { method: request.method, headers, body })
  // Every answer asked for here is an object; what is in it is compared below.
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function includes(answer: Answer, status: number, expected: object): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(answer.body[name], value, name)
}
