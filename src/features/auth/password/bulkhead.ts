// Lets few of a costly kind of work run at once, lets some wait, and refuses the rest at once.
import { Problem } from '../../../base/pure/problem.ts'
import { passwordLimits } from '../../../base/identity_limits.ts'
import type { Pace } from './pace.ts'

export interface BulkheadOptions {
  /** How many run at once. */
  readonly concurrency: number
  /** How many may wait; one more is refused. */
  readonly queue: number
  /** About how long one takes, for the Retry-After of those refused. */
  readonly workMs: number
  /** How many begin, or hear that they are refused, in one turn of the event loop; without it all that come. */
  readonly pace?: Pace
}

export interface Bulkhead {
  /** Does the work when its turn comes, first come first served. Fails with unavailable where too many wait. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>
  /** How many run and wait, for metrics. */
  readonly load: () => { readonly running: number; readonly waiting: number }
}

/** Makes a bulkhead of this process. */
export function createBulkhead({ concurrency, queue, workMs, pace }: BulkheadOptions): Bulkhead {
  const waiting: (() => void)[] = []
  const state = { running: 0 }
  const turn = (): Promise<void> | Problem | undefined => {
    if (state.running < concurrency) {
      state.running++
      return undefined
    }
    if (waiting.length >= queue) return refused((waiting.length * workMs) / concurrency)
    return new Promise((resolve) => waiting.push(resolve))
  }
  const done = (): void => {
    const next = waiting.shift()
    // A place is handed on, never given back and taken again: somebody new could slip in between.
    if (next === undefined) state.running--
    else next()
  }
  return Object.freeze({
    async run<T>(work: () => Promise<T>): Promise<T> {
      const place = turn()
      await pace?.()
      if (place instanceof Problem) throw place
      await place
      try {
        return await work()
      } finally {
        done()
      }
    },
    load: () => ({ running: state.running, waiting: waiting.length }),
  })
}

/**
 * How many hashes may run at once: one core stays with the requests, and some threads of Node's pool (4, unless
 * UV_THREADPOOL_SIZE says otherwise) with the disk. With all four hashing, a sync of the log took 100 times as long.
 */
export function hashConcurrency(cores: number, poolThreads = 4): number {
  return Math.max(1, Math.min(cores - 1, poolThreads - passwordLimits.threadsLeft))
}

function refused(waitMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  const headers = { 'Retry-After': String(seconds) }
  return new Problem('unavailable', `Too many sign in right now; try again in ${seconds} s.`, { headers })
}
