// A password that is to be set: judged, then hashed, both before the transaction.
import { Problem } from '../../../base/pure/problem.ts'
import type { House } from '../../../call/house.ts'
import { checkPassword } from '../password/policy.ts'
import { authOf } from '../service.ts'

/** Where the new password stands in the body. */
export interface NewPassword {
  readonly password: string
  readonly pointer: string
  /** The account's address. */
  readonly address: string
}

/** The hash of a password that may be set. Fails with invalid at its field, or with unavailable where too many wait. */
export async function hashNew(house: House, { password, pointer, address }: NewPassword): Promise<string> {
  const { breached, passwords } = authOf(house)
  const context = { address, names: [house.model.name], secondFactor: false }
  const fault = checkPassword(password, context, await breached())
  if (fault !== undefined)
    throw new Problem('invalid', 'This password cannot be set.', { errors: [{ pointer, ...fault }] })
  return passwords.hash(password)
}
