// What follows when a factor came or went: recovery codes with the first, an end of everything with the last, a letter.
import { Problem } from '../../../base/pure/problem.ts'
import type { Caller } from '../../../call/caller.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { transact } from '../../../call/transact.ts'
import type { Work } from '../../../call/work.ts'
import { json } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { sessions } from '../../accounts/index.ts'
import { factorsOf, forgetDevices, storeCodes } from '../factors/account_factors.ts'
import { type Proved, provedCaller, withMethods } from '../factors/step_up.ts'
import { type SecurityEvent, securityLetter } from '../letters.ts'
import { authOf } from '../service.ts'
import { createRecoveryCodes, type RecoverySet } from '../totp/recovery_codes.ts'
import { headOf } from './letter_head.ts'
import { sendLetter } from './proof.ts'

/** Shown once, in the answer that makes them. */
export const codesField = json({
  example: ['XXXX-XXXX-XXXX-XXXX'],
  description: 'Each signs in once, where the factor is lost. Shown now and never again; empty where there are some.',
})

/** Looks, before the transaction of the action, at who asks. What `look` throws is answered. */
export function lookProved<T>(
  house: House,
  { caller, origin }: { readonly caller: Caller; readonly origin: Origin },
  look: (tx: Tx, proved: Proved) => Promise<T>,
): Promise<T> {
  return transact(house, { operation: 'auth.proved', caller, origin }, { isolation: 'locked' }, async (tx) =>
    look(tx, await provedCaller(tx, caller)),
  )
}

/** Codes for an account that has none yet; they are hashed here, before the transaction. */
export function codesFor(house: House, { factors }: Pick<Proved, 'factors'>): Promise<RecoverySet | undefined> {
  return factors.codes.length > 0 ? Promise.resolve(undefined) : createRecoveryCodes(authOf(house).recovery)
}

interface Came {
  readonly proved: Proved
  /** How this session was proved by it. */
  readonly methods: readonly string[]
  readonly codes: RecoverySet | undefined
}

/** A factor came: this session has shown it. Answers the codes to show. */
export async function factorCame(tx: Tx, work: Work, { proved, methods, codes }: Came): Promise<string[]> {
  const { account, session, factors } = proved
  await tx.update(sessions, session.id, { methods: withMethods(session, methods).join(' ') })
  await tell(work, proved, 'factorAdded')
  // Two first factors at once: the codes of the one that came second would push aside codes that were shown.
  if (codes === undefined || factors.codes.length > 0) return []
  await storeCodes(tx, account, codes.hashes)
  return [...codes.codes]
}

/** A factor went. Fails with conflict where it was the last and the password does not do alone. */
export async function factorWent(tx: Tx, work: Work, proved: Proved): Promise<void> {
  const { account } = proved
  if (!(await factorsOf(tx, account)).isOn) {
    if (account.passwordShort)
      throw new Problem('conflict', 'Choose a longer password first: this one does only beside a second factor.')
    await storeCodes(tx, account, [])
    await forgetDevices(tx, account)
  }
  await tell(work, proved, 'factorRemoved')
}

/** Writes to the owner. */
export const tell = (work: Work, { account }: Pick<Proved, 'account'>, event: SecurityEvent): Promise<string> =>
  sendLetter(work, account, securityLetter(headOf(work.house), event, work.now))
