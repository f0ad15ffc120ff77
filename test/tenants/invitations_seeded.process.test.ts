// What would break an invitation into an organization: each fault, seeded into the source, turns its test red.
import { control, type Seeded } from '../seeded/seeded.ts'

const at = (...edits: Seeded['edits']): Seeded => ({
  file: 'src/features/organizations/accept.ts',
  edits,
  tests: 'test/tenants/organizations.test.ts',
  titles: ['an invitation is for one address, once, for 72 hours; the newest letter works'],
})

control('an invitation into an organization works again', at(['await tx.delete(memberInvitations, invitation.id)', '']))

control(
  'an invitation into an organization is for whoever finds the letter',
  at([' || fold(found.invitation.email) !== fold(account.email)', '']),
)

control(
  'an invitation into an organization is good for ever',
  at(['invitation !== undefined && invitation.endsAt > tx.now', 'invitation !== undefined']),
)
