// The factors an account has, and what goes with the last of them.
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { type accounts, devices, logins, passkeys, recoveryCodes, totps } from '../../accounts/index.ts'

type Account = Pick<Row<typeof accounts>, 'id'>

/** What can be shown beside the password; recovery codes alone are no factor. */
export interface AccountFactors {
  readonly totp: Row<typeof totps> | undefined
  readonly passkeys: readonly Row<typeof passkeys>[]
  readonly codes: readonly Row<typeof recoveryCodes>[]
  /** Is a second factor asked for. */
  readonly isOn: boolean
}

/** Reads them. Whoever decides on them holds the account's row locked: no factor comes or goes without it. */
export async function factorsOf(tx: Tx, { id }: Account): Promise<AccountFactors> {
  const [totp] = (await tx.find(totps, { account: id })).filter(({ confirmedAt }) => confirmedAt !== null)
  const keys = await tx.find(passkeys, { account: id })
  const codes = await tx.find(recoveryCodes, { account: id })
  return { totp, passkeys: keys, codes, isOn: totp !== undefined || keys.length > 0 }
}

/** The names of what may be shown: the fields of POST /auth/mfa/login. */
export const methodsOf = ({ totp, passkeys: keys, codes }: AccountFactors): string[] => [
  ...(totp === undefined ? [] : ['totp']),
  ...(keys.length === 0 ? [] : ['passkey']),
  ...(codes.length === 0 ? [] : ['recovery']),
]

/** Has the factor asked for everywhere again, and ends the sign-ins that wait for it. */
export async function forgetDevices(tx: Tx, { id }: Account): Promise<void> {
  for (const device of await tx.find(devices, { account: id }, { limit: 1_000 })) await tx.delete(devices, device.id)
  for (const login of await tx.find(logins, { account: id }, { limit: 1_000 })) await tx.delete(logins, login.id)
}

/** Puts new codes in the place of those there are. */
export async function storeCodes(tx: Tx, { id }: Account, hashes: readonly string[]): Promise<void> {
  for (const code of await tx.find(recoveryCodes, { account: id })) await tx.delete(recoveryCodes, code.id)
  if (hashes.length > 0)
    await tx.createMany(
      recoveryCodes,
      hashes.map((hash) => ({ account: id, hash })),
    )
}
