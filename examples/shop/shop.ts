// Everything the shop is made of.
export * from './customers.ts'
export * from './orders.ts'
export * from './orders_pay.ts'
export * from './orders_place.ts'
export * from './products.ts'
export * from './suppliers.ts'
