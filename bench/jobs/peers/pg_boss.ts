// pg-boss: woken by NOTIFY, batches of as many as may run at once, the next batch at once while they come full.
import type { OpensQueue } from '../queue.ts'
import { packageOf } from './package_of.ts'

interface Boss {
  start(): Promise<unknown>
  stop(options: object): Promise<void>
  createQueue(name: string, options: object): Promise<void>
  send(name: string, data: object): Promise<unknown>
  work(name: string, options: object, run: (jobs: { data: { n: number } }[]) => Promise<void>): Promise<string>
  offWork(name: string): Promise<void>
  on(event: string, hear: (error: unknown) => void): void
}

interface Package {
  readonly PgBoss: new (options: object) => Boss
}

export const openPgBoss: OpensQueue = async (connectionString) => {
  const { PgBoss } = await packageOf<Package>('pg-boss')
  const boss = new PgBoss({ connectionString, useListenNotify: true })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('bench', { notify: true })
  return {
    promise: (n) => boss.send('bench', { n }),
    work: async (beside, ran) => {
      const options = { batchSize: beside, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
      await boss.work('bench', options, async (jobs) => {
        for (const { data } of jobs) ran(data.n)
      })
      return () => boss.offWork('bench')
    },
    close: () => boss.stop({ graceful: false, close: true }),
  }
}
