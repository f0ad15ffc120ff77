// Takes away what is past its time: proofs, tries, and sessions nobody can use any more.
import { apiKeyLimits, factorLimits, sessionLimits, tryLimits } from '../../base/identity_limits.ts'
import { noOne } from '../../call/caller.ts'
import { clear } from '../../call/clear.ts'
import { fromInside } from '../../call/deed.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { startLoop } from '../../call/loop.ts'
import { transact } from '../../call/transact.ts'
import {
  apiKeys,
  challenges,
  claims,
  devices,
  invitations,
  logins,
  memberInvitations,
  moves,
  proofs,
  sessions,
  totps,
  tries,
} from '../accounts/index.ts'

/** Rows of each kind that one sweep takes away: on SQLite it holds the one writer. */
const most = 200
const everyMs = 60_000

const deed = { operation: 'auth.sweep', caller: noOne, origin: fromInside }

/** Deletes some of each; answers how many. Another process may be at the same ones: then it takes none. */
export function sweep(house: House): Promise<number> {
  return transact(house, deed, { isolation: 'locked' }, async (tx, { session }) => {
    if (!(await session.tryLock('plinth auth sweep'))) return 0
    const ago = (ms: number): Date => new Date(tx.now.getTime() - ms)
    const past = { endsAt: { lt: tx.now } }
    const swept = [
      await clear(tx, proofs, past, most),
      await clear(tx, tries, { lastAt: { lt: ago(4 * tryLimits.windowMs) } }, most),
      await clear(tx, invitations, past, most),
      await clear(tx, memberInvitations, past, most),
      await clear(tx, moves, past, most),
      await clear(tx, claims, past, most),
      await clear(tx, challenges, past, most),
      await clear(tx, logins, past, most),
      await clear(tx, devices, past, most),
      await clear(tx, totps, { confirmedAt: null, createdAt: { lt: ago(factorLimits.enrolMs) } }, most),
      await clear(tx, apiKeys, { endsAt: { lt: ago(apiKeyLimits.shownMs) } }, most),
      await clear(tx, sessions, past, most),
      await clear(tx, sessions, { usedAt: { lt: ago(sessionLimits.idleMs) } }, most),
    ]
    return swept.reduce((sum, count) => sum + count, 0)
  })
}

/** Sweeps now and then until it is stopped. */
export function startSweeper(house: House): Runner {
  const turn = async (): Promise<boolean> => (await sweep(house)) >= most
  return startLoop(house, { name: 'sweep of sessions', channels: [], pauseMs: 0, pollMs: everyMs, turn })
}
