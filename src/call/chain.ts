// What commits together with the rows: events, jobs and the record. Later layers do it; the joining passes them in.
import type { Problem } from '../base/pure/problem.ts'
import type { Event } from '../define/event.ts'
import type { EnqueueOptions, Job } from '../define/job.ts'
import type { Values } from './draft.ts'
import type { Work } from './work.ts'

export interface Chain {
  /** `tx.emit`. */
  emit(work: Work, event: Event, of: string, data: Values): Promise<void>
  /** `tx.enqueue`. */
  enqueue(work: Work, job: Job, input: Values, options: EnqueueOptions): Promise<string>
  /** Writes down who did what: every change, or the refusal where there was one, and why. */
  record(work: Work, refused: Problem | undefined, why?: object): void | Promise<void>
}
