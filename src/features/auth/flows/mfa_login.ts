// POST /auth/mfa/login: the second factor of a sign-in that waits. /auth/mfa/options: what a passkey must sign for it.
import { Problem } from '../../../base/pure/problem.ts'
import { noOne } from '../../../call/caller.ts'
import type { Origin } from '../../../call/deed.ts'
import type { House } from '../../../call/house.ts'
import { houseAction, Reply } from '../../../call/house_action.ts'
import { transact } from '../../../call/transact.ts'
import { boolean, json, text } from '../../../define/index.ts'
import { accounts, logins } from '../../accounts/index.ts'
import { factorsOf } from '../factors/account_factors.ts'
import { factorFields, givenOf, judge, takeFactor } from '../factors/shown_factor.ts'
import { lockedCaller } from '../factors/step_up.ts'
import { securityLetter } from '../letters.ts'
import { authOf } from '../service.ts'
import { countFailure, countTry, forgive, isStopped } from '../steps/factor_tries.ts'
import { headOf } from '../steps/letter_head.ts'
import { sendLetter } from '../steps/proof.ts'
import { notGood } from '../steps/refused.ts'
import { rememberDevice, waitingLogin } from '../steps/second_factor.ts'
import { browserFields, sessionField, signedIn } from '../steps/signed_in.ts'
import { tokenFields } from '../steps/tokens.ts'

export const mfaLogin = houseAction(accounts, 'mfa/login', {
  description: 'Ends a sign-in by its second factor: a code of the authenticator app, a recovery code, or a passkey.',
  allow: [{ rule: 'anyone' }],
  input: {
    mfaToken: text({ max: 200 }),
    ...factorFields,
    remember: boolean({ default: false, description: 'Do not ask for the factor on this device again.' }),
    session: sessionField,
  },
  output: {
    ...tokenFields,
    deviceToken: text({ max: 200, optional: true, description: 'For the next sign-in, where `remember` was asked.' }),
  },
  third: browserFields,
  issuesCredentials: true,
  async prepare({ house, origin, input: { mfaToken, totp, recovery, passkey } }) {
    const given = givenOf({ totp, recovery, passkey })
    const account = await admit(house, origin, mfaToken, given)
    const shown = await judge(house, account, { totp, recovery, passkey }, origin)
    return { account, given, shown, keyset: await authOf(house).keys.keyset() }
  },
  async run({ house, input, prepared: { given, shown, keyset, ...prepared }, tx, work }) {
    const account = await tx.lock(accounts, prepared.account)
    const login = await waitingLogin(tx, input.mfaToken)
    if (login?.account !== account.id || account.state !== 'active') return notGood()
    const proved = isStopped(account) ? undefined : await takeFactor(tx, house, account, shown)
    if (proved === undefined) return countFailure(tx, work, account)
    await tx.delete(logins, login.id)
    await forgive(tx, house, account, given)
    if (given === 'recovery') await sendLetter(work, account, securityLetter(headOf(house), 'recoveryUsed', work.now))
    const deviceToken = input.remember ? await rememberDevice(tx, work, account) : null
    const opening = { account: account.id, methods: [login.by, ...proved], keyset }
    const opened = await signedIn(tx, work, opening, input.session)
    return opened instanceof Reply ? opened : { ...opened, deviceToken }
  },
})

/** The account of a sign-in that waits, once the try is counted. Fails with unauthenticated or rate_limited. */
async function admit(house: House, origin: Origin, mfaToken: string, given: string): Promise<string> {
  const deed = { operation: 'auth.mfa.try', caller: noOne, origin }
  const outcome = await transact(house, deed, { isolation: 'locked' }, async (tx) => {
    const login = await waitingLogin(tx, mfaToken)
    if (login === undefined) return notGood()
    return (await countTry(tx, house, login.account, given)) ?? login.account
  })
  if (outcome instanceof Problem) throw outcome
  return outcome
}

export const mfaOptions = houseAction(accounts, 'mfa/options', {
  description: 'What a passkey of the account must sign, for a sign-in that waits or for who is signed in.',
  allow: [{ rule: 'anyone' }],
  input: { mfaToken: text({ max: 200, optional: true }) },
  output: { publicKey: json({ description: 'For `PublicKeyCredential.parseRequestOptionsFromJSON`.' }) },
  issuesCredentials: true,
  async prepare({ house, origin, caller, input: { mfaToken } }) {
    const deed = { operation: 'auth.mfa.options', caller, origin }
    const owner = await transact(house, deed, { isolation: 'locked' }, async (tx) => {
      const login = mfaToken === null ? undefined : await waitingLogin(tx, mfaToken)
      if (login === undefined && mfaToken !== null) throw notGood()
      const account = login?.account ?? (await lockedCaller(tx, caller)).account.id
      const { passkeys } = await factorsOf(tx, { id: account })
      return { account, passkeys: passkeys.map(({ credential }) => credential) }
    })
    if (owner.passkeys.length === 0) throw new Problem('conflict', 'There is no passkey to sign with.')
    return authOf(house).passkeys.startSignIn(owner)
  },
  run: async ({ prepared }) => ({ publicKey: JSON.parse(JSON.stringify(prepared)) }),
})
