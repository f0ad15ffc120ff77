// BullMQ over Redis.
import type { OpensQueue } from '../queue.ts'
import { packageOf } from './package_of.ts'

interface Closes {
  close(): Promise<void>
}

interface Package {
  readonly Queue: new (
    name: string,
    options: object,
  ) => Closes & { add(name: string, data: object): Promise<unknown>; obliterate(options: object): Promise<void> }
  readonly Worker: new (
    name: string,
    run: (job: { data: { n: number } }) => Promise<void>,
    options: object,
  ) => Closes & { waitUntilReady(): Promise<unknown> }
}

export const openBullMq: OpensQueue = async (url) => {
  const { Queue, Worker } = await packageOf<Package>('bullmq')
  const { hostname, port } = new URL(url)
  const connection = { host: hostname, port: Number(port) }
  const name = `plinth-bench-${process.pid}`
  const queue = new Queue(name, { connection })
  return {
    promise: (n) => queue.add('nothing', { n }),
    work: async (beside, ran) => {
      const worker = new Worker(name, async ({ data }) => ran(data.n), {
        connection: { ...connection, maxRetriesPerRequest: null },
        concurrency: beside,
      })
      await worker.waitUntilReady()
      return () => worker.close()
    },
    close: async () => {
      await queue.obliterate({ force: true })
      await queue.close()
    },
  }
}
