// Northwind's orders survive a server that is killed again and again: each is there once, with all that follows it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../src/base/random.ts'
import { replayNorthwind } from './northwind.ts'

test('sixty orders by sixteen clients, four kills: totals, stock, entries, events and receipts are exact', async () => {
  const orders = 60
  const found = await replayNorthwind({ orders, kills: 4, random: seededRandom(7) })

  assert.deepEqual(found, {
    orders,
    wrongTotals: [],
    wrongStocks: [],
    placedEntries: orders,
    paidEntries: orders,
    events: orders,
    receipts: orders,
    receiptJobs: orders,
    kills: 4,
    brokenInvariants: [],
  })
})
