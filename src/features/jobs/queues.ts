// The queues of an app, and how many of their jobs one process runs at once.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'

export const defaultQueue = 'default'

/** Every queue that a job of the app names, with its limit. */
export function queuesOf({ model }: House): ReadonlyMap<string, number> {
  const names = new Set([...model.jobs.values()].map(({ spec }) => spec.queue ?? defaultQueue))
  return new Map([...names].toSorted().map((name) => [name, model.app.options.queues?.[name] ?? jobLimits.concurrency]))
}
