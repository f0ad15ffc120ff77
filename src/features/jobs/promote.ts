// Jobs that waited for a time and whose time has come: from now on any worker may take them.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import { statementsOf } from './prepared.ts'

/** Makes the jobs ready that are due; answers how many those were. */
export async function promote(house: House): Promise<number> {
  const due = { now: house.clock.now().toISOString(), most: jobLimits.batch }
  const rows = await write(house, { name: 'jobs promote', isolation: 'locked' }, async ({ session }) =>
    statementsOf(house).promote(session, due),
  )
  return rows.length
}
