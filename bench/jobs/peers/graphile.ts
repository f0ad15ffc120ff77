// graphile-worker: woken by NOTIFY; as it is, and with the local queue that takes jobs ahead.
import type { OpensQueue } from '../queue.ts'
import { packageOf } from './package_of.ts'

interface Utils {
  migrate(): Promise<void>
  addJob(name: string, payload: object): Promise<unknown>
  release(): Promise<void>
}

interface Package {
  readonly makeWorkerUtils: (options: object) => Promise<Utils>
  readonly run: (options: object) => Promise<{ stop(): Promise<void> }>
  readonly Logger: new (make: () => () => void) => object
}

export const openGraphile =
  (isAhead: boolean): OpensQueue =>
  async (connectionString) => {
    const { makeWorkerUtils, run, Logger } = await packageOf<Package>('graphile-worker')
    const logger = new Logger(() => () => {})
    const utils = await makeWorkerUtils({ connectionString, logger })
    await utils.migrate()
    return {
      promise: (n) => utils.addJob('nothing', { n }),
      work: async (beside, ran) => {
        const worker = {
          concurrentJobs: beside,
          ...(isAhead && { localQueue: { size: 500 }, completeJobBatchDelay: 0 }),
        }
        const runner = await run({
          connectionString,
          noHandleSignals: true,
          logger,
          taskList: { nothing: async ({ n }: { n: number }) => ran(n) },
          preset: { worker },
        })
        return () => runner.stop()
      },
      close: () => utils.release(),
    }
  }
