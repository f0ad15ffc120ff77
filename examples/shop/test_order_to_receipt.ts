// An order from the catalog to its payment, as crash tests run it: it reads as if nobody were ever killed.
import assert from 'node:assert/strict'
import { moneyOf } from 'plinth'
import { type CrashRun, member } from 'plinth/testing'
import type shop from './app.ts'
import { staff } from './rules.ts'

export const app = new URL('./app.ts', import.meta.url)

/** Its stock, its total and its state are asserted as in any other test. */
export async function orderToReceipt({ as }: CrashRun<typeof shop>): Promise<void> {
  const boss = as(staff)
  const ann = as(member, 2)
  const supplier = await boss.suppliers.create({ company: 'Tea & Co', country: 'UK' })
  const price = moneyOf('USD', '12.50')
  const tea = await boss.products.create({ name: 'Tea', unit: 'box', supplier: supplier.id, price, stock: 10 })

  const order = await ann.orders.create({ lines: [{ product: tea.id, quantity: 3 }] })
  const paid = await ann.orders.pay(order.id)

  assert.equal(paid.status, 'paid')
  assert.equal(paid.total.amount, '37.50')
  assert.equal((await as(staff).products.get(tea.id)).stock, 7)
  assert.equal((await ann.orders.list()).data.length, 1)
}
