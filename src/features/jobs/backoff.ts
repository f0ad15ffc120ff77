// How long a job waits after a failed try.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import type { JobRow } from './row.ts'

/** The job's own wait, or `attempt ** 4` seconds; at most a day, with a little jitter. */
export function backoffMs(house: House, { name, attempt }: Pick<JobRow, 'name' | 'attempt'>): number {
  const own = house.model.jobs.get(name)?.spec.backoffMs?.(attempt) ?? attempt ** 4 * 1_000
  const wait = Number.isFinite(own) ? Math.min(Math.max(own, 0), jobLimits.backoffMaxMs) : jobLimits.backoffMaxMs
  const jitter = 1 + (house.random.fraction() * 2 - 1) * jobLimits.backoffJitter
  return Math.min(Math.round(wait * jitter), jobLimits.backoffMaxMs)
}
