// The HTTP half of both hand-written limits: routes, bodies, tokens and checks, with nothing that a shop does not need.
import http from 'node:http'
import { createHmac, timingSafeEqual } from 'node:crypto'

const { PORT = '3000', SECRET = 'bench-secret-bench-secret-bench-1' } = process.env
const PRODUCTS = '/api/v1/products'
const ORDERS = '/api/v1/orders'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const SKU = /^[A-Z0-9-]+$/
const STATUSES = new Set(['active', 'draft', 'archived'])
const FIELDS = new Set(['sku', 'name', 'description', 'price', 'stock', 'status'])
const JWT_HEAD = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')

/** A refusal that a query decides: `status` is answered, nothing is kept. */
export class Refused extends Error {
  constructor(status) {
    super(`refused with ${status}`)
    this.status = status
  }
}

/**
 * Serves a shop: `one(id)`, `list(status, after)`, `order(id, customer)`, `create(product)`, `place(customer, order)`.
 * Each answers a row, undefined for none, or a promise of either; a synchronous shop never pays for a promise.
 */
export function serve(shop) {
  const server = http.createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    if (request.method === 'GET') void get(shop, request, response)
    else if (request.method === 'POST') post(shop, request, response)
    else fail(response, 405)
  })
  server.listen(Number(PORT), '127.0.0.1')
}

function get(shop, request, response) {
  const url = request.url
  if (url.startsWith(PRODUCTS + '/')) {
    const id = url.slice(PRODUCTS.length + 1)
    return UUID.test(id) ? answer(response, 200, () => shop.one(id)) : fail(response, 404)
  }
  if (url.startsWith(PRODUCTS + '?')) {
    const query = new URLSearchParams(url.slice(PRODUCTS.length + 1))
    const after = cursorOf(query.get('after'))
    if (!STATUSES.has(query.get('status')) || after === undefined) return fail(response, 400)
    return answer(response, 200, () => shop.list(query.get('status'), after))
  }
  if (url.startsWith(ORDERS + '/')) {
    const customer = callerOf(request)
    const id = url.slice(ORDERS.length + 1)
    if (customer === undefined) return fail(response, 401)
    return UUID.test(id) ? answer(response, 200, () => shop.order(id, customer)) : fail(response, 404)
  }
  return url === '/health' ? send(response, 200, '{"status":"ok"}') : fail(response, 404)
}

function post(shop, request, response) {
  if (request.url === PRODUCTS) {
    return readBody(request, (body) =>
      isProduct(body) ? answer(response, 201, () => shop.create(body)) : fail(response, 422),
    )
  }
  if (request.url !== ORDERS) return fail(response, 404)
  const customer = callerOf(request)
  if (customer === undefined) return fail(response, 401)
  return readBody(request, (body) =>
    isOrder(body) ? answer(response, 201, () => shop.place(customer, body)) : fail(response, 422),
  )
}

function answer(response, status, work) {
  let result
  try {
    result = work()
  } catch (error) {
    return refuse(response, error)
  }
  if (!(result instanceof Promise)) return show(response, status, result)
  return result.then(
    (row) => show(response, status, row),
    (error) => refuse(response, error),
  )
}

function show(response, status, row) {
  if (row === undefined) fail(response, 404)
  else send(response, status, JSON.stringify(row))
}

function refuse(response, error) {
  if (error instanceof Refused) return fail(response, error.status)
  process.stderr.write(`${error.stack}\n`)
  fail(response, 500)
}

const fail = (response, status) => send(response, status, `{"status":${status}}`)

function send(response, status, text) {
  const type = 'application/json; charset=utf-8'
  response.writeHead(status, ['Content-Type', type, 'Content-Length', Buffer.byteLength(text)])
  response.end(text)
}

function readBody(request, done) {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    let body
    try {
      body = JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString())
    } catch {
      body = undefined // not JSON: no check below accepts it
    }
    done(body)
  })
}

/** The customer whose signed token the request carries; undefined when there is none that holds. */
function callerOf(request) {
  const header = request.headers.authorization
  if (header === undefined || !header.startsWith('Bearer ')) return undefined
  const [head, claims, signature] = header.slice(7).split('.')
  if (head !== JWT_HEAD || signature === undefined) return undefined
  const expected = createHmac('sha256', SECRET).update(`${head}.${claims}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(expected, given)) return undefined
  const { sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  return exp > Date.now() / 1000 ? sub : undefined
}

/** The key of the last row seen, `[createdAt, id]`; null for the first page, undefined when the cursor is bent. */
function cursorOf(text) {
  if (text === null) return null
  const key = Buffer.from(text, 'base64url').toString().split('|')
  return key.length === 2 && UUID.test(key[1]) && !Number.isNaN(Date.parse(key[0])) ? key : undefined
}

/** A page as it is sent, from up to 21 rows: the one too many only tells that there is a next page. */
export function page(rows) {
  if (rows.length <= 20) return { data: rows, next: null }
  const data = rows.slice(0, 20)
  return { data, next: Buffer.from(`${data[19].createdAt}|${data[19].id}`).toString('base64url') }
}

function isProduct(body) {
  if (body === null || typeof body !== 'object') return false
  for (const name in body) if (!FIELDS.has(name)) return false
  return (
    isText(body.sku, 6, 32) &&
    SKU.test(body.sku) &&
    isText(body.name, 1, 120) &&
    isText(body.description, 0, 2000) &&
    isInteger(body.price, 0, 10_000_000) &&
    isInteger(body.stock, 0, 2_147_483_647) &&
    STATUSES.has(body.status)
  )
}

const isOrder = (body) =>
  body !== null &&
  typeof body === 'object' &&
  isText(body.product, 36, 36) &&
  UUID.test(body.product) &&
  isInteger(body.quantity, 1, 100)
const isText = (value, min, max) => typeof value === 'string' && value.length >= min && value.length <= max
const isInteger = (value, min, max) => Number.isInteger(value) && value >= min && value <= max
