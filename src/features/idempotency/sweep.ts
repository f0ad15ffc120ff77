// Takes away remembered answers that are past their time, a few at a time, oldest first.
import { idAt } from '../../base/id.ts'
import { keyLimits } from '../../base/limits.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { startLoop } from '../../call/loop.ts'
import { write } from '../../call/write.ts'
import { statementsOf } from './statements.ts'

/** Deletes up to `keyLimits.sweepRows` of them, unless another process is at it; answers how many. */
export function sweep(house: House): Promise<number> {
  const made = statementsOf(house).sweep
  return write(house, { name: 'sweep of answers', isolation: 'locked' }, async ({ session }) => {
    if (!(await session.tryLock('plinth sweep of answers'))) return 0
    // Ids are in the order of time, so the primary key is the index by age.
    const bound = idAt(house.clock.ms() - keyLimits.keptMs)
    return (await session.all(made.statement, made.values(bound))).length
  })
}

/** Sweeps now and then until it is stopped. */
export function startSweeper(house: House): Runner {
  const turn = async (): Promise<boolean> => (await sweep(house)) === keyLimits.sweepRows
  return startLoop(house, { name: 'sweep of answers', channels: [], pauseMs: 0, pollMs: keyLimits.sweepEveryMs, turn })
}
