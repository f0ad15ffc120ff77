// Whether what an application was given still holds: its session is open, its account active, its grant not revoked.
import type { House } from '../../call/house.ts'
import type { Row } from '../../define/resource.ts'
import { accounts, sessions } from '../accounts/index.ts'
import { isOpen } from '../auth/index.ts'
import { rowBy } from '../../call/look_up.ts'
import { grants } from './nouns.ts'

/** A session that is open, with its active account. */
export interface AliveSession {
  readonly session: Row<typeof sessions>
  readonly account: Row<typeof accounts>
}

/** A grant that holds. */
export interface AliveGrant extends AliveSession {
  readonly grant: Row<typeof grants>
}

/** The session, if somebody may still act by it. */
export async function aliveSession(house: House, id: Row<typeof sessions>['id']): Promise<AliveSession | undefined> {
  const session = await rowBy(house, sessions, { id })
  if (session === undefined || !isOpen(session, house.clock.ms())) return undefined
  const account = await rowBy(house, accounts, { id: session.account })
  return account?.state === 'active' && account.verifiedAt !== null ? { session, account } : undefined
}

/** The grant, if it holds. */
export async function aliveGrant(
  house: House,
  match: { readonly id: Row<typeof grants>['id'] } | { readonly hash: string },
): Promise<AliveGrant | undefined> {
  const grant = await rowBy(house, grants, match)
  if (grant === undefined || grant.revokedAt !== null) return undefined
  const alive = await aliveSession(house, grant.session)
  return alive?.account.id === grant.account ? { grant, ...alive } : undefined
}
