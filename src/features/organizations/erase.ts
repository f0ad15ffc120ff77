// POST /auth/me/erase, /auth/accounts/{id}/erase: an account ends, and leaves every organization in the same commit.
import { organizationLimits } from '../../base/identity_limits.ts'
import { Problem, problemKind } from '../../base/pure/problem.ts'
import { houseAction, houseRowAction, Reply } from '../../call/house_action.ts'
import type { Work } from '../../call/work.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { accounts, administrators, adminRole, houseRoles, members, organizations } from '../accounts/index.ts'
import { erasedLetter, headOf, noSessionCookie, provedCaller } from '../auth/index.ts'
import { forgetAnswersOf } from '../idempotency/index.ts'
import { promiseMail } from '../mail/index.ts'
import type { Member } from './owners.ts'

const lastOwner = problemKind('last_owner', 409, 'An organization would have no owner')

const what =
  'and takes it out of every organization. Sessions, keys, factors and what other applications were given end with ' +
  'it; rows of the app stay. The last owner of an organization hands it over or deletes it first (`last_owner`), and ' +
  'an administrator is made none first.'

export const eraseMe = houseAction(accounts, 'me/erase', {
  description: `Deletes the caller's own account ${what} It takes a proof of the last five minutes.`,
  allow: [{ rule: 'signedIn' }],
  input: {},
  output: 'nothing',
  problems: [lastOwner],
  issuesCredentials: true,
  async run({ caller, tx, work }) {
    const { account, session } = await provedCaller(tx, caller)
    await erase(tx, work, account)
    return new Reply(undefined, session.cookieHash === null ? {} : { 'Set-Cookie': noSessionCookie(work.house) })
  },
})

export const eraseAccount = houseRowAction(accounts, 'erase', {
  description: `Deletes the account ${what}`,
  allow: [administrators],
  output: 'nothing',
  problems: [lastOwner],
  async run({ row, tx, work }) {
    await erase(tx, work, row)
  },
})

/** Whoever asks has the account's row locked, so that it comes into no organization meanwhile. */
async function erase(tx: Tx, work: Work, account: Row<typeof accounts>): Promise<void> {
  // Who takes the role away is told where it is the last one; to count them once more here would count beside that.
  if (account.roles.includes(adminRole))
    throw new Problem('conflict', 'This is an administrator: take the role away first.')
  const places = await tx.find(members, { account: account.id }, { limit: organizationLimits.perAccount })
  // In one order for everybody, so that two who leave the same organizations do not wait for each other.
  for (const place of places.toSorted(byOrganization)) await leaveWith(tx, place)
  await forgetAnswersOf(tx, account.id)
  await tx.delete(accounts, account.id)
  await promiseMail(work, account.email, erasedLetter(headOf(work.house), work.now))
}

const byOrganization = (one: Member, other: Member): number => (one.organization < other.organization ? -1 : 1)

/** Leaves one organization, under its lock. Fails with last_owner. */
async function leaveWith(tx: Tx, { id, organization }: Member): Promise<void> {
  const { name } = await tx.lock(organizations, organization)
  // Read again under the lock: somebody may have taken them out, or have left before them.
  const [own] = await tx.find(members, { id })
  if (own === undefined) return
  if (own.role === houseRoles.owner) {
    const owners = await tx.find(members, { organization, role: houseRoles.owner }, { limit: 2 })
    if (!owners.some((one) => one.id !== id))
      throw new Problem(
        lastOwner,
        `This is the last owner of “${name}”: make somebody else one (set-role), or delete the organization first.`,
      )
  }
  await tx.delete(members, id)
}
