// POST /auth/organizations/{id}/invite: a letter that asks somebody in. It works once, for 72 hours.
import { organizationLimits, proofLimits } from '../../base/identity_limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import { houseRowAction } from '../../call/house_action.ts'
import type { Work } from '../../call/work.ts'
import { email, text } from '../../define/index.ts'
import type { Row } from '../../define/resource.ts'
import type { Tx } from '../../define/tx.ts'
import { createSecret, headOf, inviteLetter, takeTry } from '../auth/index.ts'
import { houseRoles, memberInvitations, members, organizations } from '../accounts/index.ts'
import { promiseMail } from '../mail/index.ts'
import { checkRole, mayManage, type Member, placeOf } from './owners.ts'

interface Asked {
  readonly email: string
  readonly role: string
}

export const invite = houseRowAction(organizations, 'invite', {
  description: 'Asks somebody in, by a letter that works once, for 72 hours. A letter before it works no more.',
  allow: [{ rule: 'signedIn' }],
  input: { email: email(), role: text({ min: 1, max: 41, default: houseRoles.member }) },
  output: 'nothing',
  async run({ house, caller, input, row, tx, work }) {
    checkRole(house, input.role)
    const own = await placeOf(tx, row.id, caller)
    mayManage(own, [input.role])
    // Who looks after an organization sees its members anyhow, so this tells them nothing new.
    const [there] = await tx.find(members, { organization: row.id, email: input.email })
    if (there !== undefined) return new Problem('conflict', 'They are in the organization already.')
    const refused = await countLetters(tx, work, row.id, input.email)
    if (refused !== undefined) return refused
    await send(tx, work, row, { own, ...input })
    return undefined
  },
})

/** An organization may ask many, and nobody is asked by it again and again. */
async function countLetters(tx: Tx, { house }: Work, organization: string, to: string): Promise<Problem | undefined> {
  const hourly = { windowMs: 3_600_000, slowFrom: Number.POSITIVE_INFINITY }
  const one = { ...hourly, most: proofLimits.lettersPerHour }
  const refused = await takeTry(tx, house, `invitation ${organization} ${to}`, one)
  if (refused !== undefined) return refused
  return takeTry(tx, house, `invitations ${organization}`, { ...hourly, most: organizationLimits.lettersPerHour })
}

async function send(
  tx: Tx,
  work: Work,
  { id: organization, name }: Row<typeof organizations>,
  { own, email: to, role }: Asked & { readonly own: Member },
): Promise<void> {
  const { house, now } = work
  const { inviteMs } = organizationLimits
  const secret = createSecret('invite', house.random)
  const made = {
    organization,
    email: to,
    role,
    invitedBy: own.account,
    hash: secret.hash,
    endsAt: new Date(now.getTime() + inviteMs),
  }
  await tx.upsert(memberInvitations, [made], { by: ['organization', 'email'] })
  const link = { secret: secret.text, minutes: inviteMs / 60_000 }
  await promiseMail(work, to, inviteLetter(headOf(house), link, { name: '', organization: name }))
}
