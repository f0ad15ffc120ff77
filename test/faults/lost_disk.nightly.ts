// The whole of the lost disk: fifty times, with twenty times of each history restored.
import test from 'node:test'
import { survivesLostDisk } from './lost_disk.ts'

const LOSSES = 50

for (let seed = 1; seed <= LOSSES; seed++) {
  test(`a lost disk costs at most the last second (seed ${seed})`, { timeout: 300_000 }, async (t) => {
    const { told, lost, oldestMs, restoreMs } = await survivesLostDisk(t, { seed, times: 20, kills: seed % 3 })

    t.diagnostic(`${told} answers, ${lost} lost, the oldest ${oldestMs} ms old; restored in ${restoreMs} ms`)
  })
}
