// Plinth's jobs: an app with one job that does nothing.
import { app, integer, job } from 'plinth'
import { createLog } from '../../src/base/log.ts'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { jobs } from '../../src/features/jobs/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import type { OpensQueue } from './queue.ts'

const deed = { operation: 'bench', caller: noOne, origin: fromInside }

/** Opens the app; how many jobs run at once is said when it is joined. */
export const openPlinth =
  (beside: number): OpensQueue =>
  async (databaseUrl) => {
    const told: { ran: (n: number) => void } = { ran: () => {} }
    const nothing = job('nothing', { input: { n: integer() }, run: async ({ input }) => told.ran(input.n) })
    const { house, log } = await openServer(app('bench', { nothing }, { queues: { default: beside } }), {
      config: { ...readConfig({ NODE_ENV: 'test', PLINTH_SECRET: 'the secret of a benchmark of jobs' }), databaseUrl },
      log: createLog({ level: 'silent' }),
    })
    return {
      promise: (n) => transact(house.house, deed, { isolation: 'locked' }, (tx) => tx.enqueue(nothing, { n })),
      work: async (_beside, ran) => {
        told.ran = ran
        const worker = await jobs.start?.(house.house)
        return async () => worker?.stop()
      },
      close: async () => {
        await house.house.engine.close()
        log.flush()
      },
    }
  }
