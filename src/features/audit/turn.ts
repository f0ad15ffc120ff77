// What the audit does beside the calls: seals, signs, writes checkpoints outside, and forgets what is old.
import { auditLimits } from '../../base/limits.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { startLoop } from '../../call/loop.ts'
import { forgetOldest } from './retention.ts'
import { anchorNew } from './witness.ts'
import { channels } from './channels.ts'
import { sealNext, signNewest } from './seal.ts'

/** Does what is due; answers how much it was. */
export async function turn(house: House): Promise<number> {
  const done = (await sealNext(house)) + (await signNewest(house))
  return done + (await anchorNew(house)) + (await forgetOldest(house))
}

/** Begins the loop. When it stops, everything sealed is signed. */
export function start(house: House): Runner {
  const loop = startLoop(house, {
    name: 'audit',
    channels: [channels.recorded],
    pauseMs: auditLimits.sealPauseMs,
    pollMs: auditLimits.sealPollMs,
    turn: async () => (await turn(house)) > auditLimits.sealedAtOnce / 2,
  })
  return {
    stop: async () => {
      await loop.stop()
      while ((await sealNext(house)) > 0);
      await signNewest(house, true)
      await anchorNew(house)
    },
  }
}
