// Tries at a factor: counted by account before they are judged, remembered where they fail, told to the owner.
import { factorLimits, tryLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import type { House } from '../../../call/house.ts'
import type { Work } from '../../../call/work.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts } from '../../accounts/index.ts'
import { type SecurityEvent, securityLetter } from '../letters.ts'
import { headOf } from './letter_head.ts'
import { sendLetter } from './proof.ts'
import { forgetTries, takeTry } from './tries.ts'

type Account = Row<typeof accounts>

/** Codes are guessed from any network, so they are counted by account; whoever guesses them keeps no passkey out. */
const triedBy = (account: string, given: string): string =>
  `${given === 'passkey' ? 'passkey' : 'factor'} of ${account}`

/** Forgets every try at a factor of the account. */
export async function forgetFactorTries(tx: Tx, house: House, { id }: Account): Promise<void> {
  for (const given of ['code', 'passkey']) await forgetTries(tx, house, triedBy(id, given))
}

/** Counts one try at a factor, or at the password in its place. Fails with rate_limited, and then counts nothing. */
export async function countTry(tx: Tx, house: House, account: string, given: string): Promise<Problem | undefined> {
  return takeTry(tx, house, triedBy(account, given), tryLimits)
}

/** Forgets the tries, and the wrong passwords before them. */
export async function forgive(tx: Tx, house: House, account: Account, given: string): Promise<void> {
  await forgetTries(tx, house, triedBy(account.id, given))
  if (account.failures > 0) await tx.update(accounts, account.id, { failures: 0 })
}

/**
 * One more failure in a row. Beyond the hard stop only a new password helps, so that of all six-digit codes nobody who
 * knows the password gets to try more than a hundred.
 */
export async function countFailure(tx: Tx, work: Work, account: Account): Promise<Problem> {
  const failures = account.failures + 1
  await tx.update(accounts, account.id, { failures })
  const told = letters.get(failures)
  if (told !== undefined) await sendLetter(work, account, securityLetter(headOf(work.house), told, work.now))
  return wrongFactor()
}

const letters: ReadonlyMap<number, SecurityEvent> = new Map([
  [factorLimits.letterAt, 'factorTried'],
  [tryLimits.hardStop, 'manyTries'],
])

export const isStopped = ({ failures }: Account): boolean => failures >= tryLimits.hardStop

/** The same for every factor that is wrong, used up, or of somebody else. */
const wrongFactor = (): Problem =>
  new Problem('unauthenticated', 'This proof is not right, or was used already.', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  })
