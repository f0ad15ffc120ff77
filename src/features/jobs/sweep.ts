// Forgets jobs that ended long enough ago, with their steps.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import { statementsOf } from './prepared.ts'

const ended = ['done', 'dead', 'cancelled'] as const

/** Deletes some of those that are due to be forgotten; answers how many those were. */
export async function sweep(house: House): Promise<number> {
  const now = house.clock.now().toISOString()
  let swept = 0
  for (const state of ended) {
    const rows = await write(house, { name: 'jobs sweep', isolation: 'locked' }, async ({ session }) =>
      statementsOf(house).forget(session, { state, now, most: jobLimits.batch }),
    )
    swept += rows.length
  }
  return swept
}
