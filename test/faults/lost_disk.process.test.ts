// A lost disk costs at most the last second; two losses here, fifty at night.
import assert from 'node:assert/strict'
import test from 'node:test'
import { survivesLostDisk } from './lost_disk.ts'

test('of a data directory that is gone, all but the last second comes back, and any time before', async (t) => {
  for (const seed of [1, 2]) {
    const { told, lost, oldestMs, restoreMs } = await survivesLostDisk(t, { seed, times: 1, kills: seed - 1 })

    t.diagnostic(`${told} answers, ${lost} lost, the oldest ${oldestMs} ms old; restored in ${restoreMs} ms`)
    assert.ok(told >= 150, `only ${told} answers were told`)
  }
})
