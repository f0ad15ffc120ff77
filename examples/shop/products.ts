// What the shop sells.
import { anyone, boolean, integer, money, ref, resource, text } from 'plinth'
import { staff } from './rules.ts'
import { suppliers } from './suppliers.ts'

export const products = resource('products', {
  description: 'Something the shop sells, with its price and stock.',
  fields: {
    name: text({ max: 120 }),
    supplier: ref(suppliers, { inverse: 'products' }),
    unit: text({ max: 80 }),
    price: money('USD', { min: '0.00' }),
    stock: integer({ min: 0, max: 2_147_483_647, default: 0 }),
    discontinued: boolean({ default: false }),
    number: integer({
      min: 1,
      max: 2_147_483_647,
      optional: true,
      readonly: true,
      unique: true,
      description: 'Number in the Northwind data.',
    }),
  },
  allow: { list: [anyone], read: [anyone], create: [staff], update: [staff], delete: [staff] },
  sort: ['name', 'price', 'createdAt'],
  index: ['discontinued'],
  search: ['name'],
})
