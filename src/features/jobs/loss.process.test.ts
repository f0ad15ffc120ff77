// Workers killed and stopped, a few times a day, with a lease of two seconds. The nightly suite allows less slack.
import { describe } from 'node:test'
import { lossControl, lossTests, poisonTest, restartTest } from './test_loss_suite.ts'

const scaled = { leaseMs: 2_000, stopMs: 3_000, slackMs: 30_000, cycles: 1, lanes: 2 } as const

// They wait most of the time, so they wait together.
void describe('workers that are lost', { concurrency: true }, () => {
  lossTests({ ...scaled, title: 'a lease of 2 s', inside: false })
  lossControl({ ...scaled, title: 'a lease of 2 s', inside: false })
  poisonTest({ ...scaled, title: 'a lease of 0.5 s', leaseMs: 500, lanes: 1, inside: false })
  restartTest(2)
})
