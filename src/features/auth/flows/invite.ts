// POST /auth/invitations: an address is asked to join, with roles that wait for it. Every address gets the same answer.
import { proofLimits } from '../../../base/identity_limits.ts'
import { fold } from '../../../base/pure/text.ts'
import { houseAction } from '../../../call/house_action.ts'
import { email, text } from '../../../define/index.ts'
import { accounts, administrators, invitations, rolesGiven } from '../../accounts/index.ts'
import { promiseMail } from '../../mail/index.ts'
import { inviteLetter, knownLetter } from '../letters.ts'
import { createSecret } from '../token/secret.ts'
import { headOf } from '../steps/letter_head.ts'
import { letterLimit } from '../steps/proof.ts'
import { takeTry } from '../steps/tries.ts'

export const invite = houseAction(invitations, 'create', {
  description:
    'Asks an address to join, with roles; the letter works once, for 72 hours, in the place of one before it. Who ' +
    'has an account there learns that they have one, and nothing else comes of it.',
  allow: [administrators],
  input: {
    email: email(),
    roles: rolesGiven,
    name: text({ max: 64, default: '', description: 'Who invites, as the letter says it.' }),
  },
  output: invitations,
  async run({ house, caller, input, tx, work, now }) {
    const { roles } = input
    const tooMany = await takeTry(tx, house, `letter invite ${fold(input.email)}`, letterLimit)
    if (tooMany !== undefined) return tooMany
    for (const { id } of await tx.find(invitations, { email: input.email })) await tx.delete(invitations, id)
    const secret = createSecret('invite', house.random)
    const endsAt = new Date(now.getTime() + proofLimits.inviteMs)
    const invitedBy = caller.id
    const made = await tx.create(invitations, { email: input.email, roles, invitedBy, hash: secret.hash, endsAt })
    const [known] = await tx.find(accounts, { email: input.email })
    const link = { secret: secret.text, minutes: proofLimits.inviteMs / 60_000 }
    const head = headOf(house)
    // Who never showed that the address is theirs does not have it; who did needs no second account.
    const letter = known?.verifiedAt
      ? knownLetter(head)
      : inviteLetter(head, link, { name: input.name, organization: '' })
    await promiseMail(work, input.email, letter)
    return made
  },
})
