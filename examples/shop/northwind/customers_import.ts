// POST /customers/import: takes customers over by their codes.
import { action, items, text } from 'plinth'
import { customers } from '../customers.ts'
import { staff } from '../rules.ts'
import { imported } from './taken_over.ts'

export const importCustomers = action(customers, 'import', {
  description: 'Takes customers over by their codes; those that are here already stay as they are.',
  on: 'collection',
  allow: [staff],
  input: { customers: items({ ...customers.fields, code: text({ min: 4, max: 5 }) }, { min: 1, max: 100 }) },
  output: imported,
  async run({ input, tx }) {
    const made = await tx.upsert(customers, input.customers, { by: ['code'], keep: true })
    return { imported: made.length }
  },
})
