// POST /orders: takes the stock and makes the order in one commit; when any line is short, nothing is taken.
import { action, type Id, integer, items, Problem, ref, signedIn } from 'plinth'
import { orders } from './orders.ts'
import { outOfStock } from './out_of_stock.ts'
import { products } from './products.ts'

export const placeOrder = action(orders, 'create', {
  description:
    'Places an order: the stock is taken in the same commit, the total computed from the prices of the moment.',
  on: 'collection',
  allow: [signedIn],
  input: { lines: items({ product: ref(products), quantity: integer({ min: 1, max: 10_000 }) }, { min: 1, max: 50 }) },
  problems: [outOfStock],
  // Each product is read by the very statement that takes from it, so its row is locked.
  isolation: 'locked',
  async run({ input, me, tx }) {
    const wanted = new Map<Id<'products'>, number>()
    for (const { product, quantity } of input.lines) wanted.set(product, (wanted.get(product) ?? 0) + quantity)
    const taken = new Map<Id<'products'>, { price: { amount: string; currency: 'USD' } }>()
    // In the order of ids, so that two orders for the same products never wait for each other in a ring.
    for (const [id, quantity] of [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const product = await tx.add(products, id, { stock: -quantity })
      if (product === undefined)
        throw new Problem(outOfStock, 'There is not enough in stock for every line; nothing was taken.')
      taken.set(id, product)
    }
    const lines = input.lines.map((line) => ({ ...line, price: taken.get(line.product)!.price, discount: '0.00' }))
    return tx.create(orders, { customer: me.id, lines, orderedAt: tx.now })
  },
})
