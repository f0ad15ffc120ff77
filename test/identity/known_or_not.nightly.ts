// The whole count of A2: a thousand of each, at every flow, on both engines.
import assert from 'node:assert/strict'
import { flows, makeKnown, medianGap, timesOf, welch } from './known_or_not.ts'
import { onBothOpened } from './reach.ts'

const count = 1_000

for (const flow of flows.filter(({ timed }) => timed))
  onBothOpened(
    `${flow.name}: of ${count} and ${count} times none tells whether there is an account`,
    async ({ run }, t) => {
      await makeKnown(run)

      const times = await timesOf(run, flow, count)

      const found = welch(times)
      t.diagnostic(`t ${found.toFixed(2)}, medians ${medianGap(times).toFixed(3)} ms apart`)
      assert.ok(Math.abs(found) < 4.5, `t is ${found.toFixed(2)}`)
      assert.ok(medianGap(times) < 1, `the medians are ${medianGap(times).toFixed(2)} ms apart`)
    },
    { realHashes: true },
  )
