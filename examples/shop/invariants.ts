// What holds of the shop at any moment, whatever was cut off.
import { invariant, portion, sumOf, times } from 'plinth'
import { orders } from './orders.ts'
import { receipts } from './receipts.ts'

/** Hundredths that a line keeps after its discount. */
const kept = (discount: string): number => 100 - Math.round(Number(discount) * 100)

export const totalsAddUp = invariant('the total of an order is the sum of its lines, to the cent', async ({ tx }) => {
  for (const { number, id, lines, total } of await tx.find(orders, {}, { limit: 1_000 })) {
    const sum = portion(
      sumOf(
        'USD',
        lines.map((line) => times(line.price, line.quantity * kept(line.discount))),
      ),
      '0.01',
    )
    if (sum.amount !== total.amount) throw new Error(`order ${number ?? id}: ${total.amount}, its lines ${sum.amount}`)
  }
})

export const oneReceipt = invariant('a receipt belongs to an order that was paid', async ({ tx }) => {
  for (const { order } of await tx.find(receipts, {}, { limit: 1_000 })) {
    const { status } = await tx.get(orders, order)
    if (status !== 'paid' && status !== 'shipped') throw new Error(`order ${order} is ${status}, and has a receipt`)
  }
})
