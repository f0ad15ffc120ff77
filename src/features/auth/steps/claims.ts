// Passwords chosen for addresses that are taken: signing in with one is answered as for an account that waits.
import { proofLimits } from '../../../base/identity_limits.ts'
import { fold } from '../../../base/pure/text.ts'
import type { House } from '../../../call/house.ts'
import type { Id } from '../../../define/infer.ts'
import type { Tx } from '../../../define/tx.ts'
import { type accounts, claims } from '../../accounts/index.ts'

interface Chosen {
  readonly email: string
  readonly password: string
}

const purpose = 'password for a taken address'
const textOf = ({ email, password }: Chosen): string => `${fold(email)}\n${password.normalize('NFC')}`

/** What is kept of what was chosen. It is fast to guess at for who has the secret and the tables, so not for long. */
export const markOf = ({ keys }: House, chosen: Chosen): string => keys.mac(purpose, textOf(chosen))

/** Keeps the mark for as long as the first letter of an account is good. */
export async function claim(tx: Tx, account: Id<(typeof accounts)['name']>, mark: string): Promise<void> {
  const endsAt = new Date(tx.now.getTime() + proofLimits.verifyMs)
  await tx.upsert(claims, [{ account, mark, endsAt }], { by: ['mark'] })
}

/**
 * Was that chosen for this address, lately, when it was taken. Were it not asked, whoever registers an address and then
 * signs in would learn whether somebody had it; it is asked at each sign-in, or its time would tell.
 */
export async function isClaimed(tx: Tx, { keys }: House, chosen: Chosen): Promise<boolean> {
  const marks = keys.macs(purpose, textOf(chosen))
  return (await tx.find(claims, { mark: { in: marks }, endsAt: { gt: tx.now } }, { limit: 1 })).length > 0
}

/** Does an account still wait for its first letter; after that its password says no more than any. */
export const isWaiting = ({ createdAt }: { readonly createdAt: Date }, now: Date): boolean =>
  createdAt.getTime() + proofLimits.verifyMs > now.getTime()
