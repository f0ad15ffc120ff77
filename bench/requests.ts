// The requests that are sent to each endpoint, one a line, as `load/replay.lua` reads them.
import { CUSTOMERS, HOT_PRODUCTS, ORDERS, PRODUCTS, orderId, ownerOf, productId } from './data.ts'

/** `alone` is `create` by one client: nothing to share a sync with. */
export const ENDPOINTS = ['hello', 'one', 'list', 'order', 'create', 'alone', 'place'] as const
export type Endpoint = (typeof ENDPOINTS)[number]

/** Lines a file holds: enough that rows come from all over the tables, few enough that wrk reads them at once. */
const LINES = 20_000
/** A prime, so that stepping by it visits the tables without a pattern and never twice. */
const STRIDE = 7_919
const PAGES = 10
const LIST = '/api/v1/products?sort=-createdAt'
/** As often as each status occurs among the products. */
const STATUSES = ['active', 'active', 'active', 'active', 'active', 'active', 'active', 'active', 'draft', 'archived']
/** Twelve characters that the load script replaces by a text of its own in every request. */
const UNIQUE = '@@@@@@@@@@@@'

export interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token?: string
  readonly body?: string
}

/** What the lines depend on besides the data: tokens are signed, and cursors made, by the system that is asked. */
export interface Source {
  /** One token a customer, the first one's first. */
  readonly tokens: readonly string[]
  /** Paths of the first pages of each status, see `listPaths`. */
  readonly pages: Readonly<Record<string, readonly string[]>>
}

const line = (r: Request): string => [r.method, r.path, r.token ?? '', r.body ?? ''].join('\t')
const numbers = (upTo: number): number[] => Array.from({ length: LINES }, (_, i) => ((i * STRIDE) % upTo) + 1)

/** One request of each endpoint for the number `n`: of a product, an order, or a customer. */
export function requestFor(endpoint: Endpoint, n: number, source: Source): Request {
  const makers: Readonly<Record<Endpoint, () => Request>> = {
    hello: () => ({ method: 'GET', path: '/health' }),
    one: () => ({ method: 'GET', path: `/api/v1/products/${productId(n)}` }),
    list: () => ({ method: 'GET', path: pageFor(n, source) }),
    order: () => ({ method: 'GET', path: `/api/v1/orders/${orderId(n)}`, token: tokenOf(ownerOf(n), source) }),
    create: () => ({ method: 'POST', path: '/api/v1/products', body: newProduct(n) }),
    alone: () => ({ method: 'POST', path: '/api/v1/products', body: newProduct(n) }),
    place: () => {
      const token = tokenOf((n % CUSTOMERS) + 1, source)
      return { method: 'POST', path: '/api/v1/orders', token, body: newOrder(n) }
    },
  }
  return makers[endpoint]()
}

/** The text of the file for one endpoint. */
export function requestFile(endpoint: Endpoint, source: Source): string {
  const upTo = endpoint === 'order' ? ORDERS : PRODUCTS
  return numbers(upTo)
    .map((n) => `${line(requestFor(endpoint, n, source))}\n`)
    .join('')
}

/** Walks the first ten pages of each status, newest first, following `next` as any client would. */
export async function listPaths(origin: string): Promise<Record<string, string[]>> {
  const paths: Record<string, string[]> = {}
  for (const status of new Set(STATUSES)) paths[status] = await walk(origin, `${LIST}&status=${status}`)
  return paths
}

async function walk(origin: string, path: string): Promise<string[]> {
  const paths = [path]
  while (paths.length < PAGES) {
    const response = await fetch(origin + paths.at(-1))
    // The answer of a list, checked for what is used of it.
    const { next } = (await response.json()) as { next?: unknown }
    if (typeof next !== 'string') throw new Error(`${paths.at(-1)} answered ${response.status} without a next page`)
    paths.push(`${path}&after=${encodeURIComponent(next)}`)
  }
  return paths
}

function pageFor(n: number, source: Source): string {
  const pages = source.pages[STATUSES[n % STATUSES.length] ?? '']
  const path = pages?.[Math.floor(n / STATUSES.length) % PAGES]
  if (path === undefined) throw new Error('the pages were not walked before the requests were written')
  return path
}

function tokenOf(customer: number, source: Source): string {
  const token = source.tokens[customer - 1]
  if (token === undefined) throw new Error(`there is no token for customer ${customer}`)
  return token
}

function newProduct(n: number): string {
  return JSON.stringify({
    sku: `BX-${UNIQUE}`,
    name: `Bench product ${n}`,
    description: `A thing made to be measured, number ${n}, with a text of the usual length for a thing like this one.`,
    price: n % 90_000,
    stock: 500,
    status: 'active',
  })
}

const newOrder = (n: number): string =>
  JSON.stringify({ product: productId((n % HOT_PRODUCTS) + 1), quantity: (n % 3) + 1 })
