// What an event may be, and what its definition refuses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, handle } from './event.ts'
import { integer, items, money, secret, text } from './fields/index.ts'
import { resource } from './resource.ts'

const orders = resource('orders', { fields: { total: money('USD', { derived: true }) }, allow: {} })

test('an event has a name of words joined by dots', () => {
  assert.equal(event('orders.paid', { of: orders }).name, 'orders.paid')
  for (const name of ['paid', 'Orders.paid', 'orders..paid', 'orders.paid ', `orders.${'a'.repeat(80)}`]) {
    assert.throws(() => event(name, { of: orders }), /a name is lower case words joined by dots/)
  }
})

test('what an event tells is told to everybody: no field of it is private, or written by somebody else', () => {
  const of = orders
  const refused = /event "orders.paid": its field "x" is (private|readonly|derived), which means nothing there/

  assert.throws(() => event('orders.paid', { of, fields: { x: text({ private: true }) } }), refused)
  assert.throws(() => event('orders.paid', { of, fields: { x: secret() } }), refused)
  assert.throws(() => event('orders.paid', { of, fields: { x: integer({ readonly: true }) } }), refused)
  assert.throws(() => event('orders.paid', { of, fields: { x: orders.fields.total } }), refused)
  assert.throws(() => event('orders.paid', { of, fields: { x: items({ y: text({ private: true }) }) } }), refused)
})

test('a handler has a name that lasts', () => {
  const paid = event('orders.paid', { of: orders })

  assert.equal(handle(paid, 'receipts', async () => {}).name, 'receipts')
  assert.throws(() => handle(paid, 'Send receipts', async () => {}), /a name is lower case letters, digits and -/)
})
