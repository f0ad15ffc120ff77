// Receipts: each paid order gets one, written by a job once the payment is in.
import { job, money, owner, ref, resource, text } from 'plinth'
import { customers } from './customers.ts'
import { orders } from './orders.ts'
import { staff } from './rules.ts'

export const receipts = resource('receipts', {
  description: 'What a customer is told of a payment.',
  fields: {
    order: ref(orders, { unique: true }),
    customer: ref(customers, { inverse: 'receipts' }),
    text: text({ max: 1_000 }),
  },
  owner: 'customer',
  allow: { list: [owner, staff], read: [owner, staff] },
})

export const sendReceipt = job('receipts.send', {
  description: 'Writes the receipt of a paid order.',
  input: { order: ref(orders), total: money('USD') },
  run: async ({ input, finish }) =>
    finish(async (tx) => {
      const { customer } = await tx.get(orders, input.order)
      const { company } = await tx.get(customers, customer)
      await tx.create(receipts, {
        order: input.order,
        customer,
        text: `${company}: we have received ${input.total.amount} ${input.total.currency} for order ${input.order}.`,
      })
    }),
})
