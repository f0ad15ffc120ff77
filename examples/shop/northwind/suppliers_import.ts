// POST /suppliers/import: takes suppliers over by their numbers.
import { action, items } from 'plinth'
import { staff } from '../rules.ts'
import { suppliers } from '../suppliers.ts'
import { imported, northwindNumber } from './taken_over.ts'

export const importSuppliers = action(suppliers, 'import', {
  description: 'Takes suppliers over by their numbers; those that are here already stay as they are.',
  on: 'collection',
  allow: [staff],
  input: { suppliers: items({ ...suppliers.fields, number: northwindNumber }, { min: 1, max: 100 }) },
  output: imported,
  async run({ input, tx }) {
    const made = await tx.upsert(suppliers, input.suppliers, { by: ['number'], keep: true })
    return { imported: made.length }
  },
})
