// A password that is to be set: judged, then hashed, both before the transaction.
import { passwordLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import { codePoints } from '../../../base/pure/text.ts'
import type { House } from '../../../call/house.ts'
import { checkPassword } from '../password/policy.ts'
import { authOf } from '../service.ts'

/** Where the new password stands in the body. */
export interface NewPassword {
  readonly password: string
  readonly pointer: string
  /** The account's address. */
  readonly address: string
  /** Is a second factor asked for at every sign-in. */
  readonly secondFactor: boolean
}

/** What an account keeps of a password. */
export interface SetPassword {
  readonly passwordHash: string
  readonly passwordShort: boolean
}

/** A password that may be set, hashed. Fails with invalid at its field, or with unavailable where too many wait. */
export async function hashNew(house: House, { password, pointer, ...known }: NewPassword): Promise<SetPassword> {
  const { breached, passwords } = authOf(house)
  const fault = checkPassword(password, { ...known, names: [house.model.name] }, await breached())
  if (fault !== undefined)
    throw new Problem('invalid', 'This password cannot be set.', { errors: [{ pointer, ...fault }] })
  const passwordShort = codePoints(password.normalize('NFC')) < passwordLimits.minChars
  return { passwordHash: await passwords.hash(password), passwordShort }
}

/** The second factor went while a password was hashed that only does beside one. */
export const tooShortNow = (): Problem =>
  new Problem('invalid', 'This password cannot be set.', {
    errors: [
      {
        pointer: '/password',
        code: 'too_short',
        message: `Must be at least ${passwordLimits.minChars} characters long.`,
      },
    ],
  })
