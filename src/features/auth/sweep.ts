// Takes away what is past its time: proofs, tries, and sessions nobody can use any more.
import { apiKeyLimits, factorLimits, sessionLimits, tryLimits } from '../../base/identity_limits.ts'
import { noOne } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { startLoop } from '../../call/loop.ts'
import { transact } from '../../call/transact.ts'
import {
  apiKeys,
  challenges,
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
    const oldProofs = await tx.find(proofs, past, { limit: most })
    for (const { id } of oldProofs) await tx.delete(proofs, id)
    const oldTries = await tx.find(tries, { lastAt: { lt: ago(4 * tryLimits.windowMs) } }, { limit: most })
    for (const { id } of oldTries) await tx.delete(tries, id)
    const unaccepted = await tx.find(invitations, past, { limit: most })
    for (const { id } of unaccepted) await tx.delete(invitations, id)
    const uncome = await tx.find(memberInvitations, past, { limit: most })
    for (const { id } of uncome) await tx.delete(memberInvitations, id)
    const stayed = await tx.find(moves, past, { limit: most })
    for (const { id } of stayed) await tx.delete(moves, id)
    const unanswered = await tx.find(challenges, past, { limit: most })
    for (const { id } of unanswered) await tx.delete(challenges, id)
    const waited = await tx.find(logins, past, { limit: most })
    for (const { id } of waited) await tx.delete(logins, id)
    const forgotten = await tx.find(devices, past, { limit: most })
    for (const { id } of forgotten) await tx.delete(devices, id)
    const begun = { confirmedAt: null, createdAt: { lt: ago(factorLimits.enrolMs) } }
    const unconfirmed = await tx.find(totps, begun, { limit: most })
    for (const { id } of unconfirmed) await tx.delete(totps, id)
    const unshown = await tx.find(apiKeys, { endsAt: { lt: ago(apiKeyLimits.shownMs) } }, { limit: most })
    for (const { id } of unshown) await tx.delete(apiKeys, id)
    const ended = await tx.find(sessions, { endsAt: { lt: tx.now } }, { limit: most })
    const idle = await tx.find(sessions, { usedAt: { lt: ago(sessionLimits.idleMs) } }, { limit: most })
    const over = new Set([...ended, ...idle].map(({ id }) => id))
    for (const id of over) await tx.delete(sessions, id)
    const swept = [oldProofs, oldTries, unaccepted, uncome, stayed, unanswered, waited, forgotten, unconfirmed, unshown]
    return swept.reduce((sum, { length }) => sum + length, over.size)
  })
}

/** Sweeps now and then until it is stopped. */
export function startSweeper(house: House): Runner {
  const turn = async (): Promise<boolean> => (await sweep(house)) >= most
  return startLoop(house, { name: 'sweep of sessions', channels: [], pauseMs: 0, pollMs: everyMs, turn })
}
