// Completions gathered while one is being written: the next statement completes all of them.
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import { jobLimits } from '../../base/limits.ts'
import { channels } from './channels.ts'
import { completeAll } from './finish.ts'
import type { JobRow } from './row.ts'

/** Completes a job; answers false when it was no longer this worker's. Fails as `Engine.write` does. */
export type Complete = (job: JobRow) => Promise<boolean>

interface Waiting {
  readonly job: JobRow
  readonly resolve: (isDone: boolean) => void
  readonly reject: (error: unknown) => void
}

/** A gatherer for one worker. */
export function completions(house: House): Complete {
  const waiting: Waiting[] = []
  let isWriting = false
  const writeAll = async (): Promise<void> => {
    isWriting = true
    while (waiting.length > 0) await writeSome(house, waiting.splice(0, jobLimits.batch))
    isWriting = false
  }
  return (job) =>
    new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject })
      // Jobs that end in the same turn of the loop ride together.
      if (!isWriting) setImmediate(() => void (isWriting || writeAll()))
    })
}

async function writeSome(house: House, some: readonly Waiting[]): Promise<void> {
  try {
    const lent = some.map(({ job }) => job)
    const isLine = lent.some(({ inOrder }) => inOrder !== null)
    const done = await write(house, { name: 'jobs done', isolation: 'locked' }, ({ session, channels: woken }) => {
      if (isLine) woken.add(channels.jobs)
      return completeAll(house, session, lent)
    })
    for (const { job, resolve } of some) resolve(done.has(job.id))
  } catch (error) {
    for (const { reject } of some) reject(error)
  }
}
