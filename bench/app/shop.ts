// The shop of the measurements, as a Plinth app: what the hand-written limits do, said once.
import { action, anyone, choice, integer, owner, Problem, ref, resource, signedIn, text } from 'plinth'

export const customers = resource('customers', {
  fields: { name: text({ max: 120 }) },
  owner: 'id',
  allow: { read: [owner] },
})

export const products = resource('products', {
  fields: {
    sku: text({ min: 6, max: 32, pattern: '[A-Z0-9-]+', example: 'SKU-000001', unique: true }),
    name: text({ min: 1, max: 120 }),
    description: text({ max: 2000 }),
    price: integer({ min: 0, max: 10_000_000 }),
    stock: integer({ min: 0, max: 2_147_483_647 }),
    status: choice(['active', 'draft', 'archived']),
  },
  allow: { list: [anyone], read: [anyone], create: [anyone] },
  sort: ['createdAt'],
  index: [['status', 'createdAt']],
})

export const orders = resource('orders', {
  fields: {
    customer: ref(customers, { readonly: true }),
    product: ref(products),
    quantity: integer({ min: 1, max: 100 }),
    status: choice(['placed', 'cancelled'], { readonly: true, default: 'placed' }),
  },
  owner: 'customer',
  allow: { list: [owner], read: [owner] },
  sort: ['createdAt'],
})

/** Takes the stock and places the order, or does neither. */
export const place = action(orders, 'create', {
  on: 'collection',
  allow: [signedIn],
  input: { product: ref(products), quantity: integer({ min: 1, max: 100 }) },
  isolation: 'locked',
  async run({ input, tx }) {
    const taken = await tx.add(products, input.product, { stock: -input.quantity })
    if (taken === undefined) throw new Problem('conflict', 'There is not enough of this product.')
    return tx.create(orders, input)
  },
})
