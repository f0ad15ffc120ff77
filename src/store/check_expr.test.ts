// A check across fields means in the database what it means in the model.
import { deepEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { decimal, text } from '../define/fields/index.ts'
import { readNoun } from '../define/noun.ts'
import { exists } from '../define/predicate.ts'
import { resource } from '../define/resource.ts'
import { storedExpr } from './check_expr.ts'

const none = { derive: undefined, compute: undefined, inverses: [] }
const shelves = resource('shelves', { fields: { name: text() }, allow: {} })
const products = resource('products', {
  fields: { netPrice: decimal({ scale: 2 }), listPrice: decimal({ scale: 2 }) },
  allow: {},
  check: {
    least: ({ row }) => row.netPrice.gte('5'),
    order: ({ row }) => row.netPrice.lte(row.listPrice),
    some: ({ row }) => row.netPrice.in(['1', '2.5']),
    shelf: () => exists(shelves, (shelf) => shelf.name.is('a')),
  },
})
const noun = readNoun(products, none)
const stored = (name: string): unknown => {
  const check = noun.checks.find((one) => one.name === name)
  if (check === undefined) throw new Error(`no check ${name}`)
  return storedExpr(noun, check.expr)
}

test('a constant is written as its column stores it, and a column by its own name', () => {
  const netPrice = { column: 'net_price', of: 'products' }

  deepEqual(stored('least'), { op: 'gte', left: netPrice, right: { value: 500 } })
  deepEqual(stored('some'), { op: 'in', left: netPrice, values: [100, 250] })
  deepEqual(stored('order'), { op: 'lte', left: netPrice, right: { column: 'list_price', of: 'products' } })
})

test('a check that looks at other rows is refused', () => {
  throws(() => stored('shelf'), /own row only/)
})
