// What brokers get: a CloudEvent whose data is exactly what was emitted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messageOf } from './message.ts'

const kept = {
  id: '018f0000-0000-7000-8000-000000000001',
  name: 'orders.paid',
  noun: 'orders',
  row: '018f0000-0000-7000-8000-0000000000aa',
  number: 12,
  data: '{"total":{"amount":"12.50","currency":"USD"}}',
  tenant: null,
  request: 'r-1',
  at: new Date('2026-01-31T12:00:00.250Z'),
  position: 99,
}

test('an event is a CloudEvent with the row as its subject and its number as the sequence', () => {
  const { body, ...message } = messageOf('shop', kept)

  assert.deepEqual(JSON.parse(body), {
    specversion: '1.0',
    id: kept.id,
    source: 'urn:plinth:shop',
    type: 'orders.paid',
    subject: `orders/${kept.row}`,
    time: '2026-01-31T12:00:00.250Z',
    sequence: '0000000000000012',
    datacontenttype: 'application/json',
    data: { total: { amount: '12.50', currency: 'USD' } },
  })
  const key = `orders/${kept.row}`
  assert.deepEqual(message, { id: kept.id, event: 'orders.paid', key, position: 99, at: kept.at })
})

test('of two events of a row the later one has the greater sequence, as texts compare', () => {
  const sequenceOf = (number: number): string =>
    (JSON.parse(messageOf('shop', { ...kept, number }).body) as Head).sequence

  assert.ok(sequenceOf(9) < sequenceOf(10))
  assert.ok(sequenceOf(999_999) < sequenceOf(1_000_000))
})

interface Head {
  readonly sequence: string
}
