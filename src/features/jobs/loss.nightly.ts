// Workers killed and stopped, five hundred times with a lease of two seconds, and at the lease that is used.
import { jobLimits } from '../../base/limits.ts'
import { lossControl, lossTests, raceTest, restartTest, ticksTest } from './test_loss_suite.ts'

const scaled = { leaseMs: 2_000, stopMs: 3_000, slackMs: 500, cycles: 125, lanes: 8 } as const

lossTests({ ...scaled, title: 'a lease of 2 s, harm before the last transaction', inside: false })
lossTests({ ...scaled, title: 'a lease of 2 s, harm inside the last transaction', inside: true })
lossControl({ ...scaled, title: 'a lease of 2 s', inside: false })
restartTest(200)
ticksTest(120)
raceTest(1_000)
const { leaseMs } = jobLimits
lossTests({ title: 'the usual lease', leaseMs, stopMs: 45_000, slackMs: 5_000, cycles: 10, lanes: 20, inside: false })
