// Jobs: work that is promised in a transaction and done after it, by whichever process has room.
import type { Feature } from '../../call/feature.ts'
import * as nouns from './nouns.ts'
import { check } from './check.ts'
import { retryJob, cancelJob } from './manage.ts'
import { turn } from './turn.ts'
import { startWorker } from './worker.ts'

export { type Asked, enqueue, enqueueAll } from './enqueue.ts'
export { houseJob, type HouseJobSpec } from './house_job.ts'
export type { Concluding, HouseJobCall } from './job_call.ts'
export { NoMoreTries } from './try_job.ts'

export const jobs: Feature = {
  name: 'jobs',
  parts: { ...nouns, retryJob, cancelJob },
  check,
  turn,
  start: (house) => startWorker(house),
}
