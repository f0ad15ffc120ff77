// What follows a payment: the event, and the handler that promises the receipt.
import { event, handle, money } from 'plinth'
import { orders } from './orders.ts'
import { sendReceipt } from './receipts.ts'

export const orderPaid = event('orders.paid', {
  of: orders,
  fields: { total: money('USD') },
  description: 'An order was paid.',
})

export const promiseReceipt = handle(orderPaid, 'receipts', async ({ event: { of, data }, tx }) => {
  await tx.enqueue(sendReceipt, { order: of, total: data.total })
})
