// Between the right password and the session: the sign-in waits for its second factor, or the device is known.
import { factorLimits } from '../../../base/identity_limits.ts'
import type { Work } from '../../../call/work.ts'
import { json, text } from '../../../define/index.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { type accounts, devices, logins } from '../../accounts/index.ts'
import { type AccountFactors, methodsOf } from '../factors/account_factors.ts'
import { createSecret, readSecret } from '../token/secret.ts'
import { deviceOf } from './tokens.ts'

type Account = Row<typeof accounts>

/** What a sign-in answers that is not over yet. */
export const pendingFields = {
  mfaToken: text({ max: 200, description: 'For POST /api/v1/auth/mfa/login, within ten minutes.' }),
  methods: json({
    example: ['totp', 'recovery'],
    description: 'What may be shown there: a list of "totp", "passkey", "recovery".',
  }),
}

interface FirstStep {
  readonly account: Account
  readonly factors: AccountFactors
  readonly by: Row<typeof logins>['by']
}

/** Lets a sign-in wait for its second factor. */
export async function awaitFactor(tx: Tx, { house }: Work, { account, factors, by }: FirstStep) {
  const secret = createSecret('factor', house.random)
  const endsAt = new Date(tx.now.getTime() + factorLimits.loginMs)
  await tx.create(logins, { account: account.id, hash: secret.hash, by, endsAt })
  return { mfaToken: secret.text, methods: methodsOf(factors) }
}

/** The sign-in that waits by this token; undefined for none, or one that waited too long. */
export async function waitingLogin(tx: Tx, presented: unknown): Promise<Row<typeof logins> | undefined> {
  const hash = readSecret('factor', presented)
  const [login] = hash === undefined ? [] : await tx.find(logins, { hash })
  return login !== undefined && login.endsAt > tx.now ? login : undefined
}

/** Is this the secret of a device that the account has remembered. */
export async function isRemembered(tx: Tx, account: Account, presented: unknown): Promise<boolean> {
  const hash = readSecret('device', presented)
  const [device] = hash === undefined ? [] : await tx.find(devices, { hash, account: account.id })
  if (device === undefined || device.endsAt <= tx.now) return false
  await tx.update(devices, device.id, { usedAt: tx.now })
  return true
}

/** Remembers the device that asks; its oldest sister goes where there are too many. Answers the secret, shown once. */
export async function rememberDevice(tx: Tx, work: Work, account: Account): Promise<string> {
  const { now, house } = work
  const known = await tx.find(devices, { account: account.id }, { limit: 1_000 })
  const over = known.length - factorLimits.devices + 1
  for (const { id } of known.slice(0, Math.max(0, over))) await tx.delete(devices, id)
  const secret = createSecret('device', house.random)
  const endsAt = new Date(now.getTime() + factorLimits.deviceMs)
  await tx.create(devices, { account: account.id, hash: secret.hash, ...deviceOf(work), usedAt: now, endsAt })
  return secret.text
}
