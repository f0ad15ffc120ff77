// What brokers get: a CloudEvent whose data is exactly what was emitted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messageOf } from './message.ts'

const at = '2026-01-31T12:00:00.250Z'
const row = ['018f0000-0000-7000-8000-000000000001', 'orders.paid', 'orders', '018f0000-0000-7000-8000-0000000000aa']

test('an event is a CloudEvent with the row as its subject and its number as the sequence', () => {
  const message = messageOf('shop', [...row, 12, '{"total":{"amount":"12.50","currency":"USD"}}', at, 99])

  assert.deepEqual(JSON.parse(message.body), {
    specversion: '1.0',
    id: row[0],
    source: 'urn:plinth:shop',
    type: 'orders.paid',
    subject: `orders/${row[3]}`,
    time: at,
    sequence: '0000000000000012',
    datacontenttype: 'application/json',
    data: { total: { amount: '12.50', currency: 'USD' } },
  })
  assert.deepEqual(
    [message.id, message.event, message.key, message.position],
    [row[0], 'orders.paid', `orders/${row[3]}`, 99],
  )
  assert.equal(message.at.toISOString(), at)
})
