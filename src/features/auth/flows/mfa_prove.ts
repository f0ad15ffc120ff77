// POST /auth/mfa/prove: who is signed in proves it once more, for what asks for a proof of a moment ago.
import { Problem } from '../../../base/pure/problem.ts'
import { houseAction } from '../../../call/house_action.ts'
import { transact } from '../../../call/transact.ts'
import { text } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, sessions } from '../../accounts/index.ts'
import { factorsOf } from '../factors/account_factors.ts'
import { factorFields, givenOf, judge, type Shown, takeFactor } from '../factors/shown_factor.ts'
import { lockedCaller, type Proved, withMethods } from '../factors/step_up.ts'
import { authOf } from '../service.ts'
import type { House } from '../../../call/house.ts'
import { countFailure, countTry, forgive, isStopped } from './factor_tries.ts'
import { openSession, tokenFields } from './tokens.ts'

export const mfaProve = houseAction(accounts, 'mfa/prove', {
  description:
    'A fresh proof: by a factor where there is one, else by the password. The tokens before are good no more.',
  allow: [{ rule: 'signedIn' }],
  input: { password: text({ max: 8_192, optional: true }), ...factorFields },
  output: tokenFields,
  issuesCredentials: true,
  async prepare({ house, origin, caller, input }) {
    const given = givenOf(input)
    const deed = { operation: 'auth.mfa.try', caller, origin }
    const admitted = await transact(house, deed, { isolation: 'locked' }, async (tx) => {
      const { account } = await lockedCaller(tx, caller)
      const { isOn } = await factorsOf(tx, account)
      if (given === 'password' && isOn) throw notEnough()
      return (await countTry(tx, house, account.id, given)) ?? account
    })
    if (admitted instanceof Problem) throw admitted
    const { passwords, keys } = authOf(house)
    const keyset = await keys.keyset()
    if (input.password === null)
      return { given, keyset, shown: await judge(house, admitted.id, input, origin), stored: undefined }
    const stored = isStopped(admitted) ? null : admitted.passwordHash
    const { matches } = await passwords.verify(stored, input.password)
    return { given, keyset, shown: undefined, stored: matches ? stored : undefined }
  },
  async run({ house, caller, prepared: { given, keyset, shown, stored }, tx, work }) {
    const { account, session } = await lockedCaller(tx, caller)
    const proved = await proof(tx, house, account, { shown, stored })
    if (proved === undefined) return countFailure(tx, work, account)
    await forgive(tx, house, account, given)
    // Another session, not this one: a copy of its tokens must not gain by what its owner proves.
    await tx.delete(sessions, session.id)
    const methods = withMethods(session, proved)
    return openSession(tx, work, { account: account.id, methods, keyset, endsAt: session.endsAt })
  },
})

interface Offered {
  readonly shown: Shown | undefined
  /** The hash that the password was found right against. */
  readonly stored: string | null | undefined
}

async function proof(
  tx: Tx,
  house: House,
  account: Proved['account'],
  { shown, stored }: Offered,
): Promise<readonly string[] | undefined> {
  if (isStopped(account)) return undefined
  if (shown !== undefined) return takeFactor(tx, house, account, shown)
  if (typeof stored !== 'string' || stored !== account.passwordHash) return undefined
  // A factor may have come while the password was hashed.
  return (await factorsOf(tx, account)).isOn ? undefined : ['pwd']
}

const notEnough = (): Problem =>
  new Problem('invalid', 'The password alone is not enough here.', {
    errors: [{ pointer: '/password', code: 'bad_check', message: 'Show a factor instead: there is one.' }],
  })
