// The queues that a worker serves, and how many of their jobs one process runs at once.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { quote } from '../../store/layout.ts'
import { Draft } from '../../store/sql.ts'
import { layoutOf } from './row.ts'

/** Queues by name, with their limits. */
export type Queues = ReadonlyMap<string, number>

/** The queue of jobs that name none. */
export const defaultQueue = 'default'

/** Every queue that a job of the app names. */
export function queuesOf({ model }: House): Queues {
  const names = new Set([...model.jobs.values()].map(({ spec }) => spec.queue ?? defaultQueue))
  return withLimits(model.app.options.queues, names)
}

/**
 * The same, and those that only jobs in the table name: an older version of the app, or a newer one, has put them
 * there. They are served too, so that a job whose code is gone says so.
 */
export async function allQueues(house: House): Promise<Queues> {
  const names = new Set(queuesOf(house).keys())
  for (let last = ''; names.size < mostQueues;) {
    const next = await queueAfter(house, last)
    if (next === undefined) break
    names.add(next)
    last = next
  }
  return withLimits(house.model.app.options.queues, names)
}

const mostQueues = 200

const withLimits = (limits: Readonly<Record<string, number>> = {}, names: ReadonlySet<string>): Queues =>
  new Map([...names].toSorted().map((name) => [name, limits[name] ?? jobLimits.concurrency]))

// One step along the index: a table of a million jobs has few queues.
async function queueAfter(house: House, last: string): Promise<string | undefined> {
  const draft = new Draft<string>(house.engine.dialect)
  const after = `"queue" > ${draft.slot('text', (given) => given)}`
  const made = draft.finish(`select min("queue") from ${quote(layoutOf(house).table)} where ${after}`, ['text'])
  const [row] = await house.engine.query(made.statement, made.values(last))
  return typeof row?.[0] === 'string' ? row[0] : undefined
}
