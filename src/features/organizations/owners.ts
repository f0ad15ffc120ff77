// Who rules an organization: whose word counts, and that somebody always does.
import { Problem } from '../../base/pure/problem.ts'
import type { Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import { invariant } from '../../define/index.ts'
import type { Id } from '../../define/infer.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { houseRoles, members, organizations } from '../accounts/index.ts'

export type Member = Row<typeof members>
type OrganizationId = Id<(typeof organizations)['name']>

/** The caller's own place, as it is now. Fails with not_found for one who has none. */
export async function placeOf(tx: Tx, organization: OrganizationId, caller: Pick<Caller, 'id'>): Promise<Member> {
  const [own] = caller.id === null ? [] : await tx.find(members, { organization, account: caller.id })
  if (own === undefined) throw new Problem('not_found', 'There is no such row in auth/organizations.')
  return own
}

/**
 * Refuses who may not give this role or take it away: owners may all, admins what is no owner's. Fails with forbidden.
 * A member's own role is that of the row, not of the request: it may have changed since.
 */
export function mayManage(own: Member, roles: readonly string[]): void {
  if (own.role === houseRoles.owner) return
  if (own.role === houseRoles.admin && !roles.includes(houseRoles.owner)) return
  throw new Problem('forbidden', 'Owners may do this; admins only where it is about no owner.')
}

/**
 * Refuses to take the last owner away. Whoever asks has the organization's row locked, so that of two owners who leave
 * at once the second is counted after the first. Fails with conflict.
 */
export async function keepOwner(tx: Tx, { organization, id, role }: Member): Promise<void> {
  if (role !== houseRoles.owner) return
  const owners = await tx.find(members, { organization, role: houseRoles.owner }, { limit: 2 })
  if (owners.some((one) => one.id !== id)) return
  throw new Problem('conflict', 'An organization has an owner always; make somebody else one first.')
}

/** Every role that may be given: those of the house, and those that the app's rules name. */
export function rolesOf({ model }: House): ReadonlySet<string> {
  const fields = [...model.nouns.values()].flatMap((noun) => noun.fields.flatMap(({ read, write }) => [read, write]))
  const rules = [...model.operations.map(({ allow }) => allow), ...fields].flatMap((allow) => allow?.callers ?? [])
  const named = rules.filter(({ rule }) => rule === 'member').map(({ role }) => role ?? '')
  return new Set([...Object.values(houseRoles), ...named])
}

/** Fails with invalid for a role that nobody can have. */
export function checkRole(house: House, role: string): void {
  const known = rolesOf(house)
  if (known.has(role)) return
  const message = `Must be one of ${[...known].join(', ')}.`
  throw new Problem('invalid', 'There is no such role.', {
    errors: [{ pointer: '/role', code: 'bad_choice', message }],
  })
}

/** Asked of backups, and after every crash. */
export const hasOwners = invariant('every organization has an owner', async ({ tx }) => {
  for (let after: OrganizationId | undefined; ;) {
    const some = await tx.find(organizations, after === undefined ? {} : { id: { gt: after } }, { limit: 500 })
    for (const { id } of some) {
      const [found] = await tx.find(members, { organization: id, role: houseRoles.owner }, { limit: 1 })
      if (found === undefined) throw new Error(`the organization ${id} has none`)
    }
    after = some.at(-1)?.id
    if (some.length < 500) return
  }
})
