// Jobs of the house itself: declared as an app's are, with more to work with.
import type { Fields } from '../../define/field.ts'
import type { GivenOf } from '../../define/infer.ts'
import { type Job, job, type JobSettings } from '../../define/job.ts'
import type { HouseJobCall } from './job_call.ts'

export interface HouseJobSpec<F extends Fields> extends JobSettings {
  readonly input: F
  readonly run: (call: HouseJobCall & { readonly input: GivenOf<F> }) => Promise<void>
}

/** Declares a job of the house. */
export function houseJob<const N extends string, F extends Fields>(name: N, spec: HouseJobSpec<F>): Job<N, F> {
  // The worker calls every job with a HouseJobCall; `job` shows apps the part of it that is theirs.
  return job(name, { ...spec, run: (call) => spec.run(call as unknown as Parameters<typeof spec.run>[0]) })
}
