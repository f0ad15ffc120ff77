// The shop that every system serves: the same 100,000 products, 100,000 orders and 1,000 customers, by number.

export const PRODUCTS = 100_000
export const ORDERS = 100_000
export const CUSTOMERS = 1_000
/** Products that orders are placed for; they never run out, so that every order is a write. */
export const HOT_PRODUCTS = 100

const START_MS = Date.UTC(2025, 0, 1)
const TEXT =
  'A plain, well made thing that does what it says on the box, ships in two days, can be sent back within thirty, ' +
  'and comes with a paper leaflet in nine languages. No. '

export interface Product {
  readonly id: string
  readonly sku: string
  readonly name: string
  readonly description: string
  readonly price: number
  readonly stock: number
  readonly status: 'active' | 'draft' | 'archived'
  readonly createdAt: string
}

export interface Order {
  readonly id: string
  readonly customer: string
  readonly product: string
  readonly quantity: number
  readonly status: 'placed'
  readonly createdAt: string
}

export interface Customer {
  readonly id: string
  readonly name: string
  readonly createdAt: string
}

/** A valid UUIDv7 that carries its number: `kind` keeps the three tables apart. */
const uuid = (kind: string, n: number): string => `01941f29-7c00-7000-${kind}-${n.toString(16).padStart(12, '0')}`
const minutesAfterStart = (n: number): string => new Date(START_MS + n * 60_000).toISOString()

/** The id of product `n`, 1 to 100,000. */
export const productId = (n: number): string => uuid('8000', n)
/** The id of order `n`, 1 to 100,000. */
export const orderId = (n: number): string => uuid('8001', n)
/** The id of customer `n`, 1 to 1,000. */
export const customerId = (n: number): string => uuid('8002', n)
/** The number of the customer who owns order `n`. */
export const ownerOf = (n: number): number => (n % CUSTOMERS) + 1

/** Product `n`: eight of ten are active, one is a draft, one archived; a higher number is newer. */
export function product(n: number): Product {
  const last = n % 10
  return {
    id: productId(n),
    sku: `SKU-${String(n).padStart(6, '0')}`,
    name: `Product number ${n}`,
    description: TEXT + n,
    price: 100 + ((n * 37) % 90_000),
    stock: n <= HOT_PRODUCTS ? 1_000_000_000 : n % 500,
    status: last === 8 ? 'draft' : last === 9 ? 'archived' : 'active',
    createdAt: minutesAfterStart(n),
  }
}

export function order(n: number): Order {
  return {
    id: orderId(n),
    customer: customerId(ownerOf(n)),
    product: productId(((n * 7919) % PRODUCTS) + 1),
    quantity: (n % 5) + 1,
    status: 'placed',
    createdAt: minutesAfterStart(n),
  }
}

export const customer = (n: number): Customer => ({
  id: customerId(n),
  name: `Customer ${n}`,
  createdAt: minutesAfterStart(n),
})
