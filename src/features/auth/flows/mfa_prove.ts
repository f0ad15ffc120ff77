// POST /auth/mfa/prove: who is signed in proves it once more, for what asks for a proof of a moment ago.
import { houseAction } from '../../../call/house_action.ts'
import { text } from '../../../define/index.ts'
import type { Tx } from '../../../define/tx.ts'
import { accounts, sessions } from '../../accounts/index.ts'
import { factorFields, givenOf, judge, type Shown, takeFactor } from '../factors/shown_factor.ts'
import { lockedCaller, type Proved, withMethods } from '../factors/step_up.ts'
import { authOf } from '../service.ts'
import type { House } from '../../../call/house.ts'
import { countFailure, forgive, isStopped } from '../steps/factor_tries.ts'
import { admitTry, isProof, type Judged, judgePassword } from '../steps/password_proof.ts'
import { browserFields, signedIn } from '../steps/signed_in.ts'
import { tokenFields } from '../steps/tokens.ts'

export const mfaProve = houseAction(accounts, 'mfa/prove', {
  description:
    'A fresh proof: by a factor where there is one, else by the password. The tokens before are good no more.',
  allow: [{ rule: 'signedIn' }],
  input: { password: text({ max: 8_192, optional: true }), ...factorFields },
  output: tokenFields,
  third: browserFields,
  issuesCredentials: true,
  async prepare({ house, origin, caller, input }) {
    const given = givenOf(input)
    const admitted = await admitTry(house, { caller, origin }, given)
    const keyset = await authOf(house).keys.keyset()
    if (input.password === null)
      return { given, keyset, shown: await judge(house, admitted.id, input, origin), judged: undefined }
    return { given, keyset, shown: undefined, judged: await judgePassword(house, admitted, input.password) }
  },
  async run({ house, caller, prepared: { given, keyset, ...offered }, tx, work }) {
    const { account, session } = await lockedCaller(tx, caller)
    const proved = await proof(tx, house, account, offered)
    if (proved === undefined) return countFailure(tx, work, account)
    await forgive(tx, house, account, given)
    // Another session, not this one: a copy of its tokens must not gain by what its owner proves.
    await tx.delete(sessions, session.id)
    const methods = withMethods(session, proved)
    const kept = session.cookieHash === null ? 'token' : 'cookie'
    return signedIn(tx, work, { account: account.id, methods, keyset, endsAt: session.endsAt }, kept)
  },
})

interface Offered {
  readonly shown: Shown | undefined
  readonly judged: Judged
}

async function proof(
  tx: Tx,
  house: House,
  account: Proved['account'],
  { shown, judged }: Offered,
): Promise<readonly string[] | undefined> {
  if (isStopped(account)) return undefined
  if (shown !== undefined) return takeFactor(tx, house, account, shown)
  return (await isProof(tx, account, judged)) ? ['pwd'] : undefined
}
