// Work that waits, is slow or talks to others: promised in the same commit, done after it, again until it succeeds.
import type { Fields } from './field.ts'
import type { GivenOf, NewOf } from './infer.ts'
import type { Tx } from './tx.ts'

/** How a job is run; each value has its default in base/limits.ts. */
export interface JobSettings {
  /** Jobs of one queue share its limit of those that run at once; default `default`. */
  readonly queue?: string
  /** Higher ones go first, -100 to 100; default 0. */
  readonly priority?: number
  /** Tries before it is set aside; default 20. */
  readonly attempts?: number
  /** Milliseconds that one try may take; default 60,000. */
  readonly timeoutMs?: number
  /** Milliseconds to wait after the given number of failed tries; default `attempt ** 4` seconds, at most a day. */
  readonly backoffMs?: (attempt: number) => number
}

export interface JobSpec<F extends Fields> extends JobSettings {
  readonly input?: F
  /**
   * Makes today's input of one that an older version of the app enqueued; asked only when that no longer fits the
   * fields. Without it such a job fails, and says why.
   */
  readonly upgrade?: (older: Readonly<Record<string, unknown>>) => unknown
  readonly description?: string
  run(call: JobCall<GivenOf<F>>): Promise<void>
}

/** What a job's code works with. */
export interface JobCall<I> {
  /** The same on every try: hand it to others as their idempotency key. */
  readonly id: string
  readonly input: I
  /** Counts the tries, from 1. */
  readonly attempt: number
  /** Aborts when the job is cancelled, its time is up, or its lease was lost. */
  readonly signal: AbortSignal
  /**
   * Runs work once by that name and keeps what it answered: a later try goes on after it. Its effects outside happen
   * at least once, because a crash may come between them and the note. The answer must be JSON.
   */
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>
  /**
   * The same for the database, exactly once: what the work does and the note that it is done commit together. Fails
   * when another worker has taken the job over.
   */
  readonly transact: <T>(name: string, work: (tx: Tx) => Promise<T>) => Promise<T>
  /**
   * The last thing a job does, exactly once: what the work does to the database and the completion of the job commit
   * together. Nothing of the job may follow it. Fails when another worker has taken the job over.
   */
  readonly finish: (work: (tx: Tx) => Promise<void>) => Promise<void>
  /** Tells how far it is; shown by the command line and kept over tries. */
  readonly progress: (done: number, of: number) => Promise<void>
}

export interface Job<N extends string = string, F extends Fields = Fields> {
  readonly type: 'job'
  readonly name: N
  readonly input: F
  readonly spec: PlainJobSpec
}

/** A job's spec with its types erased: what the model works with. */
export interface PlainJobSpec extends JobSettings {
  readonly upgrade?: (older: Readonly<Record<string, unknown>>) => unknown
  readonly description?: string
  run(call: JobCall<unknown>): Promise<void>
}

/** Declares a job. The name is what lasts: jobs that wait carry it. */
export function job<const N extends string, F extends Fields = {}>(name: N, spec: JobSpec<F>): Job<N, F> {
  if (!/^[a-z][a-z0-9_]*([.-][a-z0-9_]+)*$/.test(name) || name.length > 80) {
    throw new TypeError(`job "${name}": a name is lower case words joined by dots, such as receipts.send, at most 80`)
  }
  const input = Object.freeze(spec.input ?? {}) as F // without input, F is {}
  const plain = spec as unknown as PlainJobSpec // it is called with exactly the input it declares
  return Object.freeze({ type: 'job', name, input, spec: Object.freeze(plain) })
}

/** What `tx.enqueue` takes: server values. */
export type JobInput<J> = J extends Job<string, infer F> ? NewOf<F> : never

export interface EnqueueOptions {
  /** Not before this time. */
  readonly at?: Date
  /** Not before this many milliseconds from now. */
  readonly delayMs?: number
  readonly priority?: number
  /** While a job of this name with this key waits or runs, another is not made; the answer is the one that is there. */
  readonly unique?: string
  /** Jobs with the same key never run at once, and run in the order they were enqueued. */
  readonly inOrder?: string
}

export interface Schedule {
  readonly type: 'schedule'
  readonly name: string
  readonly cron: string
  /** IANA name of the time zone that the expression is read in. */
  readonly zone: string
  readonly job: Job
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * Declares when a job runs by itself: `schedule('nightly', { cron: '0 3 * * *', zone: 'Europe/Berlin', job: tidyUp })`.
 * Each time is one job, however many processes run; times missed while none ran are made up for once.
 */
export function schedule<F extends Fields>(
  name: string,
  spec: {
    readonly cron: string
    readonly zone?: string
    readonly job: Job<string, F>
    readonly input?: JobInput<Job<string, F>>
  },
): Schedule {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
    throw new TypeError(`schedule "${name}": a name is lower case letters, digits and -, at most 41`)
  }
  // The same as `job` does.
  const erased = { job: spec.job, input: spec.input ?? {} } as unknown as Pick<Schedule, 'job' | 'input'>
  return Object.freeze({ type: 'schedule', name, cron: spec.cron, zone: spec.zone ?? 'UTC', ...erased })
}
