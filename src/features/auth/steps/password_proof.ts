// The password as a proof of who is signed in already: counted, judged before the transaction, believed inside it.
import { Problem } from '../../../base/pure/problem.ts'
import type { Caller } from '../../../call/caller.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { transact } from '../../../call/transact.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import type { accounts } from '../../accounts/index.ts'
import { factorsOf } from '../factors/account_factors.ts'
import { lockedCaller } from '../factors/step_up.ts'
import { authOf } from '../service.ts'
import { countTry, isStopped } from './factor_tries.ts'

type Account = Row<typeof accounts>

/** The hash that a password was found right against; undefined for a wrong one. */
export type Judged = string | undefined

/**
 * The account of who asks, once a try by what is given is counted. Fails with invalid for a password where there is a
 * factor to show, and with rate_limited or unauthenticated.
 */
export async function admitTry(
  house: House,
  { caller, origin }: { readonly caller: Caller; readonly origin: Origin },
  given: string,
): Promise<Account> {
  const deed = { operation: 'auth.mfa.try', caller, origin }
  const admitted = await transact(house, deed, { isolation: 'locked' }, async (tx) => {
    const { account } = await lockedCaller(tx, caller)
    const { isOn } = await factorsOf(tx, account)
    if (given === 'password' && isOn) throw notEnough()
    return (await countTry(tx, house, account.id, given)) ?? account
  })
  if (admitted instanceof Problem) throw admitted
  return admitted
}

/** Hashes, outside any transaction. An account past the hard stop is tried on nothing, at the same cost. */
export async function judgePassword(house: House, account: Account, password: string): Promise<Judged> {
  const stored = isStopped(account) ? null : account.passwordHash
  const { matches } = await authOf(house).passwords.verify(stored, password)
  return matches && stored !== null ? stored : undefined
}

/** Is it still the password, and enough: a factor may have come, or another password, while it was hashed. */
export async function isProof(tx: Tx, account: Account, judged: Judged): Promise<boolean> {
  if (isStopped(account) || judged === undefined || judged !== account.passwordHash) return false
  return !(await factorsOf(tx, account)).isOn
}

const notEnough = (): Problem =>
  new Problem('invalid', 'The password alone is not enough here.', {
    errors: [{ pointer: '/password', code: 'bad_check', message: 'Show a factor instead: there is one.' }],
  })
