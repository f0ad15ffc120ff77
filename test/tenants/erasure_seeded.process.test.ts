// What would lose an organization with an account: each fault, seeded into the source, turns the test of it red.
import { control, type Seeded } from '../seeded/seeded.ts'

const at = (edits: Seeded['edits'], ...titles: string[]): Seeded => ({
  file: 'src/features/organizations/erase.ts',
  edits,
  tests: 'test/tenants/erasure.test.ts',
  titles,
})

const lastStays = 'the last owner of an organization hands it over or closes it first'
const oneStays = 'of owners who end their accounts at once, one stays'
const byProof = 'an account ends by a fresh proof or by an administrator, who is none any more'

control(
  'nobody counts the owners that are left',
  at([['if (own.role === houseRoles.owner) {', "if (own.role === 'nobody') {"]], lastStays, oneStays),
)

// SQLite has one writer: what was counted there is still so.
control('the owners are counted without the lock of the organization', {
  ...at([['await tx.lock(organizations, organization)', 'await tx.get(organizations, organization)']], oneStays),
  only: 'postgres',
})

control(
  'an account goes without leaving its organizations',
  at(
    [['for (const place of places.toSorted(byOrganization)) await leaveWith(tx, place)', '']],
    'whoever is in organizations goes out of each with their account',
  ),
)

control('an administrator is erased', at([['if (account.roles.includes(adminRole))', 'if (false)']], byProof))

control('whoever has a session ends the account, however old its proof', {
  ...at([['const { account, session } = await provedCaller(tx, caller)', oldProof()]], byProof),
})

control('whoever is signed in ends any account', {
  ...at([['allow: [administrators]', "allow: [{ rule: 'signedIn' }]"]], byProof),
  and: {
    file: 'src/features/accounts/accounts.ts',
    edits: [['read: [administrators]', "read: [{ rule: 'signedIn' }]"]],
  },
})

function oldProof(): string {
  return `void provedCaller
    const { sessions } = await import('../accounts/index.ts')
    const [session] = await tx.find(sessions, { id: caller.session })
    const account = await tx.lock(accounts, caller.id)`
}
