// Sign-in with other services: its nouns and operations, there where an app believes some service.
import { noOne } from '../../../call/caller.ts'
import { clear } from '../../../call/clear.ts'
import { fromInside } from '../../../call/deed.ts'
import type { Feature } from '../../../call/feature.ts'
import type { House } from '../../../call/house.ts'
import { startLoop } from '../../../call/loop.ts'
import { transact } from '../../../call/transact.ts'
import { arrivals, identities } from '../../accounts/index.ts'
import { identityLink, identityRemove } from '../flows/identities.ts'
import { oauthExchange } from '../flows/oauth_exchange.ts'
import { loadOpenIdLibrary } from './library.ts'
import type { Ways } from './way.ts'
import { waysBy } from './ways.ts'

/** The ways of a house. */
export const createWays = (house: House): Ways => waysBy(house, loadOpenIdLibrary)

/** Rows that one sweep takes away: on SQLite it holds the one writer. */
const most = 200
const everyMs = 60_000

const deed = { operation: 'auth.oauth.sweep', caller: noOne, origin: fromInside }

/** Takes away the states and codes that no cookie can bring any more; answers how many. */
function sweepArrivals(house: House): Promise<number> {
  return transact(house, deed, { isolation: 'locked' }, async (tx, { session }) => {
    if (!(await session.tryLock('plinth arrivals sweep'))) return 0
    return clear(tx, arrivals, { endsAt: { lt: tx.now } }, most)
  })
}

export const signInWithOthers: Feature = {
  name: 'sign-in with others',
  isWanted: ({ options }) => options.signIn !== undefined,
  parts: { identities, arrivals, oauthExchange, identityLink, identityRemove },
  // A package that is missing stops the start, and not the first person who wants to sign in.
  prepare: async () => void (await loadOpenIdLibrary()),
  turn: sweepArrivals,
  start: (house) =>
    startLoop(house, {
      name: 'sweep of arrivals',
      channels: [],
      pauseMs: 0,
      pollMs: everyMs,
      turn: async () => (await sweepArrivals(house)) >= most,
    }),
}
