// The shop is killed at each and every point of its work.
import { test } from 'node:test'
import { crash } from 'plinth/testing'
import { app, orderToReceipt } from './test_order_to_receipt.ts'

test('an order survives a kill at each point there is', { timeout: 1_800_000 }, async () => {
  await crash(app, orderToReceipt)
})
