// The shop is killed at points of its work, and nothing is lost, and nothing happens twice.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crash } from 'plinth/testing'
import { app, orderToReceipt } from './test_order_to_receipt.ts'

test('an order, its stock and its payment survive a kill at any point, once each', async () => {
  const { points, kills } = await crash(app, orderToReceipt, { points: 5 })

  assert.ok(points > 40, `${points} points`)
  assert.equal(kills, 5)
})
