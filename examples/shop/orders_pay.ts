// The states an order goes through: pending → paid → shipped, or cancelled while it is pending.
import { action, ensure, owner } from 'plinth'
import { orders } from './orders.ts'
import { orderPaid } from './orders_paid.ts'
import { products } from './products.ts'
import { staff } from './rules.ts'

export const pay = action(orders, 'pay', {
  description: 'Pays an order that is waiting for payment.',
  allow: [owner, staff],
  isolation: 'locked',
  async run({ row: order, tx }) {
    ensure(order.status === 'pending', 'conflict', 'This order is not waiting for payment.')
    const paid = await tx.update(orders, order.id, { status: 'paid' })
    await tx.emit(orderPaid, order.id, { total: order.total })
    return paid
  },
})

export const ship = action(orders, 'ship', {
  description: 'Ships an order that is paid.',
  allow: [staff],
  isolation: 'locked',
  async run({ row: order, tx }) {
    ensure(order.status === 'paid', 'conflict', 'Only a paid order is shipped.')
    return tx.update(orders, order.id, { status: 'shipped', shippedAt: tx.now })
  },
})

export const cancel = action(orders, 'cancel', {
  description: 'Cancels an order that is not paid yet; its stock goes back.',
  allow: [owner, staff],
  isolation: 'locked',
  async run({ row: order, tx }) {
    ensure(order.status === 'pending', 'conflict', 'Only an order that waits for payment is cancelled.')
    for (const { product, quantity } of order.lines.toSorted((a, b) => (a.product < b.product ? -1 : 1))) {
      await tx.add(products, product, { stock: quantity })
    }
    return tx.update(orders, order.id, { status: 'cancelled' })
  },
})
