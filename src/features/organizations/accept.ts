// POST /auth/organizations/accept: whoever was asked in comes, with the code of the letter and the address it went to.
import { fold } from '../../base/pure/text.ts'
import { action, signedIn, text } from '../../define/index.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { badProof, readSecret } from '../auth/index.ts'
import { memberInvitations, members, organizations } from '../accounts/index.ts'
import { lockedAccount, withRoom } from './create.ts'

export const accept = action(organizations, 'accept', {
  on: 'collection',
  description: 'Comes into the organization that a letter asked into, and answers it. The code works once.',
  allow: [signedIn],
  input: { token: text({ max: 200, example: 'pli_…' }) },
  isolation: 'locked',
  async run({ input, me, tx }) {
    const account = await lockedAccount(tx, me.id)
    const found = await takeInvitation(tx, input.token)
    // The same for a code that was used, one that is too old, and one that went to somebody else: who found a letter
    // learns nothing from it, and it stays good for whom it was for.
    if (found === undefined || fold(found.invitation.email) !== fold(account.email)) return badProof()
    const { invitation, organization } = found
    await tx.delete(memberInvitations, invitation.id)
    const [there] = await tx.find(members, { organization: organization.id, account: account.id })
    if (there !== undefined) return organization
    await withRoom(tx, account)
    const { role, email } = invitation
    await tx.create(members, { organization: organization.id, account: account.id, email, role })
    return organization
  },
})

interface Found {
  readonly invitation: Row<typeof memberInvitations>
  readonly organization: Row<typeof organizations>
}

/** The invitation, with the organization locked: of any number who come with it at once, one is first. */
async function takeInvitation(tx: Tx, token: string): Promise<Found | undefined> {
  const hash = readSecret('invite', token)
  const [seen] = hash === undefined ? [] : await tx.find(memberInvitations, { hash })
  if (hash === undefined || seen === undefined) return undefined
  const organization = await tx.lock(organizations, seen.organization)
  const [invitation] = await tx.find(memberInvitations, { hash })
  return invitation !== undefined && invitation.endsAt > tx.now ? { invitation, organization } : undefined
}
