// The authenticator app of an account: its secret shown once, confirmed by a code, taken away.
import { factorLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import { houseAction } from '../../../call/house_action.ts'
import { transact } from '../../../call/transact.ts'
import { text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import type { House } from '../../../call/house.ts'
import { type accounts, totps } from '../../accounts/index.ts'
import { lockedCaller, provedCaller } from '../factors/step_up.ts'
import { isRecent } from '../recent.ts'
import { createTotpSecret, stepOfCode, totpAddress } from '../totp/totp.ts'
import { countTry, forgive } from '../steps/factor_tries.ts'
import { codesField, codesFor, factorCame, factorWent, lookProved } from '../steps/factors_changed.ts'
import { headOf } from '../steps/letter_head.ts'

type Account = Row<typeof accounts>

export const totpEnrol = houseAction(totps, 'enrol', {
  description: 'A secret for an authenticator app, shown once. A code of it confirms it within ten minutes.',
  allow: [{ rule: 'signedIn' }],
  input: {},
  output: {
    secret: text({ max: 64, description: 'Base32, for who types it.' }),
    address: text({ max: 2_000, description: 'The `otpauth://` address, for a QR code.' }),
  },
  issuesCredentials: true,
  async run({ house, caller, tx }) {
    const { account } = await provedCaller(tx, caller)
    const [there] = await tx.find(totps, { account: account.id })
    if (there?.confirmedAt) return new Problem('conflict', 'There is an authenticator app; take it away first.')
    if (there !== undefined) await tx.delete(totps, there.id)
    const secret = createTotpSecret(house.random)
    await tx.create(totps, { account: account.id, seed: secret })
    return { secret, address: totpAddress(secret, { issuer: headOf(house).app, account: account.email }) }
  },
})

export const totpConfirm = houseAction(totps, 'confirm', {
  description: 'Confirms the app by a code of it. From now on sign-in asks for a second factor.',
  allow: [{ rule: 'signedIn' }],
  input: { totp: text({ max: 20, example: '123456' }) },
  output: { recoveryCodes: codesField },
  issuesCredentials: true,
  async prepare({ house, caller, origin, input }) {
    const deed = { operation: 'auth.mfa.try', caller, origin }
    const counted = await transact(house, deed, { isolation: 'locked' }, async (tx) => {
      const { account } = await lockedCaller(tx, caller)
      return countTry(tx, house, account.id, 'totp')
    })
    if (counted !== undefined) throw counted
    // Ten codes are hashed only for who has the app in hand.
    return lookProved(house, { caller, origin }, async (tx, proved) => {
      if ((await unconfirmed(tx, house, proved.account, input.totp)) === undefined) throw wrongCode()
      return proved
    }).then((proved) => codesFor(house, proved))
  },
  async run({ house, caller, input, prepared: codes, tx, work }) {
    const proved = await provedCaller(tx, caller)
    const found = await unconfirmed(tx, house, proved.account, input.totp)
    if (found === undefined) return wrongCode()
    await tx.update(totps, found.id, { confirmedAt: tx.now, lastStep: found.step })
    await forgive(tx, house, proved.account, 'totp')
    return { recoveryCodes: await factorCame(tx, work, { proved, methods: ['otp', 'mfa'], codes }) }
  },
})

export const totpRemove = houseAction(totps, 'remove', {
  description: 'Takes the authenticator app away.',
  allow: [{ rule: 'signedIn' }],
  input: {},
  output: 'nothing',
  issuesCredentials: true,
  async run({ caller, tx, work }) {
    const proved = await provedCaller(tx, caller)
    const { totp } = proved.factors
    if (totp === undefined) return new Problem('conflict', 'There is no authenticator app.')
    await tx.delete(totps, totp.id)
    await factorWent(tx, work, proved)
    return undefined
  },
})

/** The app that waits to be confirmed, if the code is of it. */
async function unconfirmed(tx: Tx, house: House, { id }: Account, code: string) {
  const [totp] = await tx.find(totps, { account: id })
  if (totp === undefined || totp.confirmedAt !== null) return undefined
  if (!isRecent(totp.createdAt.getTime(), tx.now.getTime(), factorLimits.enrolMs)) return undefined
  const step = stepOfCode(totp.seed.reveal(), code, { nowMs: house.clock.ms(), lastStep: totp.lastStep })
  return step === undefined ? undefined : { id: totp.id, step }
}

const wrongCode = (): Problem =>
  new Problem('invalid', 'The code is not right.', {
    errors: [{ pointer: '/totp', code: 'bad_check', message: 'Is not the code of the app now.' }],
  })
