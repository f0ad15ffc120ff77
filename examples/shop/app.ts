// The shop as an app.
import { app } from 'plinth'
import * as shop from './shop.ts'

export default app('shop', shop, {
  title: 'Shop',
  version: '1.0.0',
  description: 'Suppliers, products, customers and orders of a small trading company.',
  profile: { of: shop.customers, make: (id) => ({ company: `Customer ${id.slice(-6)}` }) },
})
