// POST /auth/passkeys/login: a passkey alone. The device proves the person to itself, so it is two factors in one.
import { houseAction } from '../../../call/house_action.ts'
import { json } from '../../../define/index.ts'
import { accounts, passkeys } from '../../accounts/index.ts'
import { provePasskey, takePasskey } from '../factors/shown_factor.ts'
import { authOf } from '../service.ts'
import { notGood } from '../steps/refused.ts'
import { browserFields, sessionField, signedIn } from '../steps/signed_in.ts'
import { tokenFields } from '../steps/tokens.ts'

export const passkeyLoginOptions = houseAction(passkeys, 'login/options', {
  description: 'What a passkey must sign to sign in alone.',
  allow: [{ rule: 'anyone' }],
  input: {},
  output: { publicKey: json({ description: 'For `PublicKeyCredential.parseRequestOptionsFromJSON`.' }) },
  issuesCredentials: true,
  prepare: ({ house }) => authOf(house).passkeys.startSignIn(),
  run: async ({ prepared }) => ({ publicKey: JSON.parse(JSON.stringify(prepared)) }),
})

export const passkeyLogin = houseAction(passkeys, 'login', {
  description: 'Signs in by a passkey alone, which says whose it is.',
  allow: [{ rule: 'anyone' }],
  input: {
    passkey: json({ maxBytes: 65_536, description: 'What the browser answered, as JSON.' }),
    session: sessionField,
  },
  output: tokenFields,
  third: browserFields,
  issuesCredentials: true,
  async prepare({ house, origin, input }) {
    const proof = await provePasskey(house, { sent: input.passkey, account: undefined, origin })
    return { proof, keyset: await authOf(house).keys.keyset() }
  },
  async run({ input, prepared: { proof, keyset }, tx, work }) {
    const [found] = proof?.verified === true ? await tx.find(accounts, { id: proof.account }) : []
    const account = found && (await tx.lock(accounts, found.id))
    if (proof === undefined || account === undefined) return notGood()
    if (account.state !== 'active' || account.verifiedAt === null) return notGood()
    const methods = await takePasskey(tx, account, proof)
    if (methods === undefined) return notGood()
    return signedIn(tx, work, { account: account.id, methods, keyset }, input.session)
  },
})
