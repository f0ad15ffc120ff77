// Takes away what is past its time; grants go with their sessions.
import { oauthLimits } from '../../base/identity_limits.ts'
import { noOne } from '../../call/caller.ts'
import { clear } from '../../call/clear.ts'
import { fromInside } from '../../call/deed.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { startLoop } from '../../call/loop.ts'
import { transact } from '../../call/transact.ts'
import { artifacts, registrationTokens } from './nouns.ts'

/** Rows of each kind that one sweep takes away: on SQLite it holds the one writer. */
const most = 500
const everyMs = 60_000
const deed = { operation: 'oauth.sweep', caller: noOne, origin: fromInside }

const isProvider = ({ model }: House): boolean => model.app.options.provider !== undefined

/** Deletes some; answers how many. Another process may be at the same ones: then it takes none. */
export async function sweep(house: House): Promise<number> {
  if (!isProvider(house)) return 0
  return transact(house, deed, { isolation: 'locked' }, async (tx, { session }) => {
    if (!(await session.tryLock('plinth oauth sweep'))) return 0
    const shownUntil = new Date(tx.now.getTime() - oauthLimits.shownMs)
    const swept = await clear(tx, artifacts, { endsAt: { lt: tx.now } }, most)
    return swept + (await clear(tx, registrationTokens, { endsAt: { lt: shownUntil } }, most))
  })
}

/** Sweeps now and then until it is stopped. */
export function startSweeper(house: House): Runner {
  if (!isProvider(house)) return { stop: async () => undefined }
  const turn = async (): Promise<boolean> => (await sweep(house)) >= most
  return startLoop(house, { name: 'sweep of OAuth', channels: [], pauseMs: 0, pollMs: everyMs, turn })
}
