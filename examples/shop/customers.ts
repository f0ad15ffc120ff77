// Those who buy: a signed-in member is one of them.
import { owner, resource, text } from 'plinth'
import { staff } from './rules.ts'

export const customers = resource('customers', {
  description: 'A company or person who buys; a signed-in member is one customer.',
  fields: {
    company: text({ max: 80 }),
    contact: text({ max: 80, optional: true }),
    title: text({ max: 80, optional: true }),
    address: text({ max: 120, optional: true }),
    city: text({ max: 80, optional: true }),
    region: text({ max: 80, optional: true }),
    postalCode: text({ max: 20, optional: true }),
    country: text({ max: 80, optional: true }),
    phone: text({ max: 40, optional: true }),
    fax: text({ max: 40, optional: true }),
    code: text({
      min: 4,
      max: 5,
      optional: true,
      readonly: true,
      unique: true,
      description: 'Code in the Northwind data.',
    }),
  },
  owner: 'id',
  allow: { list: [owner, staff], read: [owner, staff], create: [staff], update: [owner, staff] },
  sort: ['company', 'createdAt'],
  search: ['company'],
})
