// The ways an account can be signed in to: the last of them is not taken away.
import { Problem } from '../../../base/pure/problem.ts'
import type { House } from '../../../call/house.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { type accounts, identities, passkeys } from '../../accounts/index.ts'

/** Fails with conflict where no password, passkey or other service is left. Whoever asks holds the account locked. */
export async function ensureWayIn(tx: Tx, house: House, account: Row<typeof accounts>): Promise<void> {
  if (account.passwordHash !== null) return
  const [passkey] = await tx.find(passkeys, { account: account.id }, { limit: 1 })
  const [identity] = await identitiesOf(tx, house, account)
  if (passkey !== undefined || identity !== undefined) return
  throw new Problem(
    'conflict',
    'This is the last way in: choose a password first, by POST /api/v1/auth/password/forgot.',
  )
}

/** The other services that sign in to an account; none in an app that believes none. */
export async function identitiesOf(
  tx: Tx,
  house: House,
  { id }: Pick<Row<typeof accounts>, 'id'>,
): Promise<readonly Row<typeof identities>[]> {
  if (!house.stores.has(identities.name)) return []
  return tx.find(identities, { account: id }, { limit: 1_000 })
}
