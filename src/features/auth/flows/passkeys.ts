// Passkeys of an account: made, and taken away. Each needs a proof of a moment ago, and the owner hears of it.
import { factorLimits } from '../../../base/identity_limits.ts'
import { ensure, Problem } from '../../../base/pure/problem.ts'
import { houseAction, houseRowAction } from '../../../call/house_action.ts'
import { json, text } from '../../../define/index.ts'
import { passkeys } from '../../accounts/index.ts'
import { type Proved, provedCaller } from '../factors/step_up.ts'
import { authOf } from '../service.ts'
import { codesField, codesFor, factorCame, factorWent, lookProved } from '../steps/factors_changed.ts'
import { ensureWayIn } from '../steps/ways_in.ts'

export const passkeyOptions = houseAction(passkeys, 'register/options', {
  description: 'What a browser is asked for a new passkey.',
  allow: [{ rule: 'signedIn' }],
  input: {},
  output: { publicKey: json({ description: 'For `PublicKeyCredential.parseCreationOptionsFromJSON`.' }) },
  issuesCredentials: true,
  async prepare({ house, caller, origin }) {
    const { account, factors } = await lookProved(house, { caller, origin }, async (_tx, proved) => withRoom(proved))
    const known = factors.passkeys.map(({ credential }) => credential)
    return authOf(house).passkeys.startRegistration({ account: account.id, name: account.email, passkeys: known })
  },
  run: async ({ prepared }) => ({ publicKey: JSON.parse(JSON.stringify(prepared)) }),
})

export const passkeyRegister = houseAction(passkeys, 'register', {
  description: 'Keeps the passkey that the browser made. It signs in alone, and is the second factor of the password.',
  allow: [{ rule: 'signedIn' }],
  input: {
    passkey: json({ maxBytes: 65_536, description: 'What the browser answered, as JSON.' }),
    name: text({ min: 1, max: 80, default: 'Passkey' }),
  },
  output: { id: text({ max: 36 }), recoveryCodes: codesField },
  issuesCredentials: true,
  async prepare({ house, caller, origin, input }) {
    const proved = await lookProved(house, { caller, origin }, async (_tx, one) => withRoom(one))
    const made = await authOf(house).passkeys.finishRegistration(proved.account.id, input.passkey)
    if (!('refused' in made)) return { made, codes: await codesFor(house, proved) }
    house.log.warn({ request: origin.requestId, why: made.refused }, 'a new passkey was refused')
    throw badPasskey()
  },
  async run({ caller, input, prepared: { made, codes }, tx, work }) {
    const proved = withRoom(await provedCaller(tx, caller))
    const { id: credential, account, transports, ...passkey } = made
    const row = await tx.create(passkeys, {
      ...passkey,
      account,
      credential,
      transports: transports.join(' '),
      name: input.name,
    })
    const methods = [made.synced ? 'swk' : 'hwk', 'mfa']
    return { id: row.id, recoveryCodes: await factorCame(tx, work, { proved, methods, codes }) }
  },
})

export const passkeyRemove = houseRowAction(passkeys, 'remove', {
  allow: [{ rule: 'signedIn' }],
  description: 'Takes the passkey away, and answers what it was.',
  async run({ house, caller, row, tx, work }) {
    const proved = await provedCaller(tx, caller)
    // The row was read by its own rule, so it is the caller's; what is taken away is decided here all the same.
    ensure(row.account === proved.account.id, 'not_found', 'There is no such passkey.')
    await tx.delete(passkeys, row.id)
    await ensureWayIn(tx, house, proved.account)
    await factorWent(tx, work, proved)
    return row
  },
})

function withRoom(proved: Proved): Proved {
  const { passkeys: most } = factorLimits
  if (proved.factors.passkeys.length < most) return proved
  throw new Problem('conflict', `An account has ${most} passkeys at most; take one away first.`)
}

const badPasskey = (): Problem =>
  new Problem('invalid', 'This passkey is not good; ask for another.', {
    errors: [{ pointer: '/passkey', code: 'bad_check', message: 'Is not what was asked for, or was given already.' }],
  })
