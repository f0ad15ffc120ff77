// What a queue must do to be measured beside the others.

/** One queue, opened empty. */
export interface OpenQueue {
  /** Promises one job, on its own: what a request does. It resolves when the queue says that the job is safe. */
  readonly promise: (n: number) => Promise<unknown>
  /** Begins to run jobs, so many beside each other; `ran` is called when a job's code begins. Answers how to stop. */
  readonly work: (beside: number, ran: (n: number) => void) => Promise<() => Promise<void>>
  readonly close: () => Promise<void>
}

/** Opens one; the first argument is a database of its own, or where Redis is. */
export type OpensQueue = (url: string) => Promise<OpenQueue>
