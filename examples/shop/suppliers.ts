// Those the shop buys from.
import { anyone, integer, resource, text } from 'plinth'
import { staff } from './rules.ts'

export const suppliers = resource('suppliers', {
  description: 'A company the shop buys from.',
  fields: {
    company: text({ max: 80 }),
    contact: text({ max: 80, optional: true }),
    title: text({ max: 80, optional: true }),
    address: text({ max: 120, optional: true }),
    city: text({ max: 80, optional: true }),
    region: text({ max: 80, optional: true }),
    postalCode: text({ max: 20, optional: true }),
    country: text({ max: 80 }),
    phone: text({ max: 40, optional: true }),
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
  sort: ['company', 'createdAt'],
  search: ['company'],
})
