// The people of the shop, and a few rows in every relation to them.
import type { Id } from 'plinth'
import shop from '../../examples/shop/app.ts'
import { customers } from '../../examples/shop/customers.ts'
import { orders } from '../../examples/shop/orders.ts'
import { products } from '../../examples/shop/products.ts'
import { receipts } from '../../examples/shop/receipts.ts'
import { suppliers } from '../../examples/shop/suppliers.ts'
import type { Tx } from '../../src/define/tx.ts'
import type { Subject } from './scene.ts'

const [ann, bob] = [1, 2].map((n) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, 'b')}`) as [
  Id<'customers'>,
  Id<'customers'>,
] // made up, and put in below
const staff = '01900000-0000-7000-8000-bbbbbbbbbb03'

async function seed(tx: Tx): Promise<void> {
  const supplier = await tx.create(suppliers, { company: 'Mill', country: 'Norway', contact: 'Kari' })
  const price = { amount: '2.50', currency: 'USD' } as const
  const made = []
  for (const name of ['Flour', 'Bread', 'Salt'])
    made.push(await tx.create(products, { name, supplier: supplier.id, unit: 'bag', price, stock: 10 }))
  for (const [id, company] of [
    [ann, 'Ann & Co'],
    [bob, 'Bob & Co'],
  ] as const) {
    // `id` is no field that code gives, but the house takes it where it is.
    const values: { company: string; city: string } = { company, city: 'Oslo' }
    await tx.create(customers, Object.assign(values, { id }))
    for (const status of ['pending', 'paid'] as const) {
      const lines = [{ product: made[0]!.id, quantity: 2, price, discount: '0.00' }]
      const order = await tx.create(orders, { customer: id, lines, status, orderedAt: tx.now })
      if (status === 'paid') await tx.create(receipts, { order: order.id, customer: id, text: 'Thank you' })
    }
  }
}

/** The shop, with rows of two customers. */
export const shopSubject: Subject = {
  app: shop,
  people: [
    { name: 'anonymous', id: null, roles: [], tenant: null },
    { name: 'ann', id: ann, roles: ['member'], tenant: null },
    { name: 'bob', id: bob, roles: ['member'], tenant: null },
    { name: 'staff', id: staff, roles: ['staff'], tenant: null },
  ],
  seed,
}
