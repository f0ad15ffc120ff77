// POST /products/import: takes products over by their numbers, with the stock as it was counted.
import { action, items } from 'plinth'
import { products } from '../products.ts'
import { staff } from '../rules.ts'
import { suppliers } from '../suppliers.ts'
import { imported, lookUp, northwindNumber } from './taken_over.ts'

export const importProducts = action(products, 'import', {
  description: 'Takes products over by their numbers; those that are here already stay as they are.',
  on: 'collection',
  allow: [staff],
  input: {
    products: items({ ...products.fields, number: northwindNumber, supplier: northwindNumber }, { min: 1, max: 100 }),
  },
  output: imported,
  async run({ input, tx }) {
    const numbers = input.products.map((product) => product.supplier)
    const found = await tx.find(suppliers, { number: { in: [...new Set(numbers)] } }, { limit: 100 })
    const ids = lookUp(new Map(found.map(({ number, id }) => [number, id])), numbers, {
      pointer: (at) => `/products/${at}/supplier`,
      message: 'There is no supplier of this number.',
    })
    const rows = input.products.map((product, at) => ({ ...product, supplier: ids[at]! }))
    const made = await tx.upsert(products, rows, { by: ['number'], keep: true })
    return { imported: made.length }
  },
})
