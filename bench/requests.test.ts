// The load is what it claims to be: rows from everywhere, each order asked for by its owner, unique values marked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CUSTOMERS, ORDERS, orderId, ownerOf } from './data.ts'
import { requestFile, requestFor, type Source } from './requests.ts'

const pagesOf = (status: string): string[] => Array.from({ length: 10 }, (_, i) => `/${status}/${i}`)
const SOURCE: Source = {
  tokens: Array.from({ length: CUSTOMERS }, (_, i) => `token-of-${i + 1}`),
  pages: { active: pagesOf('active'), draft: pagesOf('draft'), archived: pagesOf('archived') },
}
const linesOf = (text: string): string[] => text.split('\n').slice(0, -1)

test('every line of every file has four parts, and each product and order is asked for once', () => {
  for (const endpoint of ['one', 'order'] as const) {
    const lines = linesOf(requestFile(endpoint, SOURCE))

    assert.equal(new Set(lines).size, 20_000)
    assert.ok(lines.every((line) => line.split('\t').length === 4))
  }
})

test('an order is asked for by its owner and by no other', () => {
  for (const n of [1, 999, 1_000, ORDERS]) {
    const { path, token } = requestFor('order', n, SOURCE)

    assert.equal(path, `/api/v1/orders/${orderId(n)}`)
    assert.equal(token, `token-of-${ownerOf(n)}`)
    assert.notEqual(token, `token-of-${ownerOf(n + 1)}`)
  }
})

test('lists are asked for by status as often as products have it, and all ten pages of each', () => {
  const lines = linesOf(requestFile('list', SOURCE))
  const share = (status: string): number => lines.filter((line) => line.includes(`/${status}/`)).length / lines.length

  assert.deepEqual([share('active'), share('draft'), share('archived')], [0.8, 0.1, 0.1])
  assert.equal(new Set(lines).size, 30)
})

test('a new product carries one mark of twelve characters, where the load script puts a text of its own', () => {
  const { body } = requestFor('create', 7, SOURCE)

  assert.deepEqual(body?.match(/@+/g), ['@@@@@@@@@@@@'])
})
