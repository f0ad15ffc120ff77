// Step-up: what changes an account's factors needs a proof of a moment ago, and with a factor on, one by it.
import { factorLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import type { Caller } from '../../../call/caller.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, sessions } from '../../accounts/index.ts'
import { isRecent } from '../recent.ts'
import { type AccountFactors, factorsOf } from './account_factors.ts'

export interface Proved {
  /** Locked. */
  readonly account: Row<typeof accounts>
  readonly session: Row<typeof sessions>
  readonly factors: AccountFactors
}

/** The caller, locked, whose proof is fresh. Fails with unauthenticated, which says that a newer proof is wanted. */
export async function provedCaller(tx: Tx, caller: Caller): Promise<Proved> {
  const { account, session } = await lockedCaller(tx, caller)
  const factors = await factorsOf(tx, account)
  const isFresh = isRecent(session.provedAt.getTime(), tx.now.getTime(), factorLimits.provedMs)
  if (!isFresh || (factors.isOn && !hasFactor(session))) throw notProved()
  return { account, session, factors }
}

/** The account and the session of a caller, locked. Fails with unauthenticated for one who came without a session. */
export async function lockedCaller(tx: Tx, caller: Caller): Promise<Omit<Proved, 'factors'>> {
  const [found] = caller.session === undefined ? [] : await tx.find(sessions, { id: caller.session })
  if (found === undefined || found.account !== caller.id) throw notProved()
  const account = await tx.lock(accounts, found.account)
  const [session] = await tx.find(sessions, { id: found.id })
  if (session === undefined) throw notProved()
  return { account, session }
}

/** Was a second factor given in this session. */
const hasFactor = ({ methods }: Row<typeof sessions>): boolean => methods.split(' ').includes('mfa')

/** How a session was proved, with what was shown now. */
export const withMethods = ({ methods }: Row<typeof sessions>, shown: readonly string[]): string[] => [
  ...new Set([...methods.split(' '), ...shown]),
]

// RFC 9470: the token is good, and not enough for this.
const notProved = (): Problem =>
  new Problem('unauthenticated', 'Prove who you are once more: POST /api/v1/auth/mfa/prove.', {
    headers: {
      'WWW-Authenticate': `Bearer error="insufficient_user_authentication", max_age="${factorLimits.provedMs / 1_000}"`,
    },
  })
