// How typed queries become the list language.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeQuery } from './query.ts'

test('a value means equal, and operators stand in brackets', () => {
  assert.equal(
    encodeQuery({ where: { status: 'paid', total: { gte: '10.00', lt: '20.00' } } }),
    '?status=paid&total[gte]=10.00&total[lt]=20.00',
  )
  assert.equal(
    encodeQuery({ where: { discontinued: false, shippedAt: { null: true } } }),
    '?discontinued=false&shippedAt[null]=true',
  )
})

test('lists are joined by commas, and reserved characters are escaped', () => {
  assert.equal(
    encodeQuery({ where: { id: { in: ['a', 'b'] } }, sort: ['-price', '-name'] }),
    '?id[in]=a%2Cb&sort=-price%2C-name',
  )
  assert.equal(encodeQuery({ q: 'a&b=c d', expand: ['lines.product'] }), '?q=a%26b%3Dc%20d&expand=lines.product')
})

test('what is not asked is not sent', () => {
  assert.equal(encodeQuery({}), '')
  assert.equal(encodeQuery({ where: {} }), '')
  assert.equal(encodeQuery({ limit: 5 }), '?limit=5')
})
