// POST /auth/mfa/recovery: new recovery codes in the place of the old. GET /auth/mfa: which factors there are.
import { Problem } from '../../../base/pure/problem.ts'
import { findRows } from '../../../call/find.ts'
import { houseAction, houseView } from '../../../call/house_action.ts'
import { storeOf } from '../../../call/house.ts'
import { boolean, integer } from '../../../define/index.ts'
import type { AnyResource } from '../../../define/resource.ts'
import { valueAt } from '../../../store/layout.ts'
import { accounts, passkeys, recoveryCodes, totps } from '../../accounts/index.ts'
import { storeCodes } from '../factors/account_factors.ts'
import { type Proved, provedCaller } from '../factors/step_up.ts'
import { authOf } from '../service.ts'
import { createRecoveryCodes } from '../totp/recovery_codes.ts'
import { codesField, lookProved, tell } from '../steps/factors_changed.ts'

export const mfaRecovery = houseAction(accounts, 'mfa/recovery', {
  description: 'Makes recovery codes in the place of those there are, and shows them once.',
  allow: [{ rule: 'signedIn' }],
  input: {},
  output: { recoveryCodes: codesField },
  issuesCredentials: true,
  async prepare({ house, caller, origin }) {
    await lookProved(house, { caller, origin }, async (_tx, proved) => needsFactor(proved))
    return createRecoveryCodes(authOf(house).recovery)
  },
  async run({ caller, prepared: { codes, hashes }, tx, work }) {
    const proved = await provedCaller(tx, caller)
    needsFactor(proved)
    await storeCodes(tx, proved.account, hashes)
    await tell(work, proved, 'recoveryMade')
    return { recoveryCodes: [...codes] }
  },
})

function needsFactor({ factors }: Proved): void {
  if (!factors.isOn) throw new Problem('conflict', 'Recovery codes are for who has a second factor; there is none.')
}

export const mfa = houseView(accounts, 'mfa', {
  description: 'Which factors the account has, and how many recovery codes are left.',
  allow: [{ rule: 'signedIn' }],
  output: { totp: boolean(), passkeys: integer({ min: 0 }), recoveryCodes: integer({ min: 0 }) },
  async run({ house, caller, session }) {
    const find = async (noun: AnyResource) => findRows(storeOf(house, noun.name), session, { account: caller.id }, {})
    const { layout } = storeOf(house, totps.name)
    const apps = await find(totps)
    return {
      totp: apps.some((row) => valueAt(layout, row, 'confirmedAt') !== null),
      passkeys: (await find(passkeys)).length,
      recoveryCodes: (await find(recoveryCodes)).length,
    }
  },
})
