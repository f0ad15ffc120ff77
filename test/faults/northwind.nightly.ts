// All 830 orders of Northwind, and fifty kills.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../src/base/random.ts'
import { replayNorthwind } from './northwind.ts'

test('830 orders by sixteen clients, fifty kills: all is exact', { timeout: 900_000 }, async () => {
  const orders = 830
  const seed = Date.now() % 2 ** 32
  const found = await replayNorthwind({ orders, kills: 50, random: seededRandom(seed) })

  const { wrongTotals, wrongStocks, brokenInvariants, kills, ...counts } = found
  assert.deepEqual([...wrongTotals, ...wrongStocks, ...brokenInvariants], [], `seed ${seed}`)
  assert.deepEqual(new Set(Object.values(counts)), new Set([orders]), `seed ${seed}: ${JSON.stringify(counts)}`)
  assert.equal(kills, 50)
})
