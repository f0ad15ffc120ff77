// What a job's code works with: its input, its steps, and the transaction that ends it.
import { jobLimits } from '../../base/limits.ts'
import { system } from '../../call/caller.ts'
import { type Deed, fromInside } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { transact } from '../../call/transact.ts'
import type { Work } from '../../call/work.ts'
import { write } from '../../call/write.ts'
import type { JobCall } from '../../define/job.ts'
import type { Tx } from '../../define/tx.ts'
import type { Session } from '../../store/contract.ts'
import { complete, holdLease } from './finish.ts'
import { noteProgress } from './progress.ts'
import type { JobRow } from './row.ts'
import { noteStep, packResult, stepsOf, unpackResult } from './steps.ts'

/** What the house's own jobs work with besides. */
export interface HouseJobCall extends JobCall<unknown> {
  readonly house: House
  /** What the record says of it, unless it says otherwise. */
  readonly deed: Deed
  /** `finish`, with all that a transaction of the house has, and as another deed where one is given. */
  readonly conclude: (work: (tx: Tx, work: Work) => Promise<void>, options?: Concluding) => Promise<void>
}

export interface Concluding {
  readonly deed?: Deed
  readonly isolation?: 'serializable' | 'locked'
}

/** One try of a job by the worker it was lent to. */
export interface Try {
  readonly house: House
  readonly job: JobRow
  readonly input: unknown
  readonly signal: AbortSignal
  /** Called when the completion has committed with the job's own work. */
  readonly concluded: () => void
}

/** The call that the job's code is given. */
export function jobCall({ house, job, input, signal, concluded }: Try): HouseJobCall {
  const origin = { ...fromInside, requestId: job.request }
  const deed: Deed = { operation: `job ${job.name}`, caller: system(job.tenant), origin }
  const options = { deadlineMs: jobLimits.transactionMs, signal }
  let steps: Promise<Map<string, string>> | undefined
  const once = async <T>(name: string, work: () => Promise<string>): Promise<T> => {
    checkStepName(name)
    const done = await (steps ??= stepsOf(house, job.id))
    const before = done.get(name)
    if (before !== undefined) return unpackResult(before) as T // what this step answered, as JSON
    signal.throwIfAborted()
    const result = await work()
    done.set(name, result)
    return unpackResult(result) as T // JSON, so that every try sees the same
  }
  const note = async (session: Session, name: string, value: unknown): Promise<string> => {
    const result = packResult(name, value)
    await holdLease(house, session, job)
    await noteStep(house, session, job.id, name, result)
    return result
  }
  const conclude: HouseJobCall['conclude'] = async (work, { deed: as = deed, isolation = 'serializable' } = {}) => {
    signal.throwIfAborted()
    await transact(house, as, { ...options, isolation }, async (tx, opened) => {
      await work(tx, opened)
      await complete(house, opened.session, job)
    })
    concluded()
  }
  return {
    id: job.id,
    input,
    attempt: job.attempt,
    signal,
    house,
    deed,
    step: (name, work) =>
      once(name, async () => {
        const value = await work()
        const named = { name: `${deed.operation} ${name}`, isolation: 'locked', ...options } as const
        return write(house, named, ({ session }) => note(session, name, value))
      }),
    transact: (name, work) =>
      once(name, () => transact(house, deed, options, async (tx, { session }) => note(session, name, await work(tx)))),
    finish: (work) => conclude(work),
    conclude,
    progress: async (done, of) => {
      signal.throwIfAborted()
      await noteProgress(house, job, done, of)
    },
  }
}

function checkStepName(name: string): void {
  if (typeof name === 'string' && name !== '' && name.length <= 200) return
  throw new TypeError('a step has a name of 1 to 200 characters')
}
