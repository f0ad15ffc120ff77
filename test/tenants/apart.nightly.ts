// Thousands of requests of two tenants: what one is answered is the same as if the other were not there.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { difference } from './apart.ts'

const seeds = Array.from({ length: 8 }, (_, at) => at + 100)

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`on ${engine}: ${seeds.length} conversations of 250 requests each`, async (t) => {
    for (const seed of seeds) {
      const found = await difference({ engine, seed, steps: 250 })
      if ('skip' in found) return t.skip(found.skip)
      assert.deepEqual(found.slice(0, 3), [])
    }
  })
}
