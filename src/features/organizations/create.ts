// POST /auth/organizations: somebody makes one, and is its owner. GET: those the caller is in.
import { organizationLimits } from '../../base/identity_limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import { houseView } from '../../call/house_action.ts'
import { action, items, signedIn, text, timestamp } from '../../define/index.ts'
import type { Id } from '../../define/infer.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { accounts, houseRoles, members, organizations } from '../accounts/index.ts'
import { membershipsOf, rowsById } from './memberships.ts'

export const create = action(organizations, 'create', {
  on: 'collection',
  description: 'Makes an organization; whoever makes it is its owner.',
  allow: [signedIn],
  input: { name: text({ min: 1, max: 120 }) },
  isolation: 'locked',
  async run({ input, me, tx }) {
    const account = await lockedAccount(tx, me.id)
    await withRoom(tx, account)
    const made = await tx.create(organizations, input)
    await tx.create(members, {
      organization: made.id,
      account: account.id,
      email: account.email,
      role: houseRoles.owner,
    })
    return made
  },
})

type Account = Row<typeof accounts>

/** The caller's account, locked, so that of many at once each counts those before. Fails with forbidden without one. */
export async function lockedAccount(tx: Tx, id: Id<never>): Promise<Account> {
  const [found] = await tx.find(accounts, { id })
  if (found === undefined) throw new Problem('forbidden', 'Only somebody with an account is in organizations.')
  return tx.lock(accounts, found.id)
}

/** Fails with conflict for one who is in as many as there may be. */
export async function withRoom(tx: Tx, { id }: Account): Promise<void> {
  const { perAccount } = organizationLimits
  const own = await tx.find(members, { account: id }, { limit: perAccount })
  if (own.length >= perAccount) throw new Problem('conflict', `Nobody is in more than ${perAccount} organizations.`)
}

export const list = houseView(organizations, 'list', {
  description: `The organizations the caller is in, with their role in each; ${organizationLimits.perAccount} at most.`,
  allow: [signedIn],
  output: {
    data: items(
      { id: text({ max: 36 }), name: text({ max: 120 }), role: text({ max: 41 }), since: timestamp() },
      { max: organizationLimits.perAccount, default: [] },
    ),
    next: text({ optional: true, max: 1, description: 'Null: all of them are here.' }),
  },
  async run({ house, caller, session }) {
    const own = await membershipsOf(house, session, caller.id)
    const names = await rowsById(
      house,
      session,
      organizations,
      own.map(({ organization }) => organization),
    )
    const data = own.map(({ organization, role, createdAt }) => ({
      id: organization,
      name: names.get(organization)?.name ?? '',
      role,
      since: createdAt,
    }))
    return { data, next: null }
  },
})
