// What would link somebody to a foreign account: each fault, seeded into the source, turns the tables of linking red.
import { control, type Seeded } from '../seeded/seeded.ts'

const tests = 'test/identity/others_linking.test.ts'
const toLink = 'of 32 ways to link, that with both addresses confirmed and a proof links, and no other'
const toArrive = 'of 32 ways to arrive, none ends in the account of somebody else'

const atLink = (edits: Seeded['edits'], ...titles: string[]): Seeded => ({
  file: 'src/features/auth/flows/identities.ts',
  edits,
  tests,
  titles,
})
const atExchange = (edits: Seeded['edits'], ...titles: string[]): Seeded => ({
  file: 'src/features/auth/flows/oauth_exchange.ts',
  edits,
  tests,
  titles,
})

control(
  'an account whose own address is not confirmed is linked',
  atLink([['account.verifiedAt === null || said.email', 'said.email']], toLink),
)

control('an address that the service does not answer for is linked', atLink([[' || !said.isVerified)', ')']], toLink))

control(
  'a link takes no fresh proof',
  atLink(
    [
      [
        "import { type Proved, provedCaller } from '../factors/step_up.ts'",
        `import { factorsOf } from '../factors/account_factors.ts'
         import { lockedCaller, type Proved, provedCaller } from '../factors/step_up.ts'`,
      ],
      [
        'const proved = await provedCaller(tx, caller)\n    ensureLocalProof(proved)',
        `const locked = await lockedCaller(tx, caller)
         const proved = { ...locked, factors: await factorsOf(tx, locked.account) }`,
      ],
    ],
    toLink,
  ),
)

control(
  'a service vouches for another where there is a password',
  atLink([['    ensureLocalProof(proved)\n', '']], 'a service alone does not link another where there is a password'),
)

control(
  'an identity of one account is linked to another',
  atLink(
    [
      [
        'return await tx.attempt(() => tx.create(identities, { account, provider, issuer, subject, email }))',
        `const [before] = await tx.find(identities, { issuer, subject })
         if (before) return await tx.update(identities, before.id, { account })
         return await tx.attempt(() => tx.create(identities, { account, provider, issuer, subject, email }))`,
      ],
    ],
    'an account with the address is linked by its owner, who then signs in by either',
  ),
)

// CVE-2026-53516: the same address is taken for the same person.
control(
  'whoever comes with the address of an account is signed in to it',
  atExchange([['if (holder?.verifiedAt) return linkFirst()', 'if (holder?.verifiedAt) return holder']], toArrive),
)

control(
  'an address that the service does not answer for makes an account',
  atExchange([['said.email === null || !said.isVerified', 'said.email === null']], toArrive),
)

// CVE-2024-38351, CVE-2026-44166: who registered the victim's address first waits in the account.
control(
  'whoever registered the address first stays in the account of who comes',
  atExchange(
    [
      [
        'if (holder !== undefined) await tx.delete(accounts, holder.id)',
        `if (holder !== undefined) {
           await makeProfile(tx, work, holder.id, holder.profile)
           return tx.update(accounts, holder.id, { verifiedAt: tx.now })
         }`,
      ],
    ],
    'whoever registered the address of a victim first has nothing when the victim comes',
  ),
)

control(
  'what a client says of its address is believed',
  atExchange(
    [
      [
        'export const codeFields = {',
        `export const codeFields = {
           email: text({ max: 200, optional: true }), verified: json({ optional: true }),
           emailVerified: json({ optional: true }), email_verified: json({ optional: true }),`,
      ],
    ],
    toLink,
    toArrive,
  ),
)

control('an identity is known by its subject alone, whichever service says it', {
  ...atExchange(
    [
      ['await tx.find(identities, { issuer, subject })', 'await tx.find(identities, { subject })'],
      ['{ issuer, subject, account: account.id }', '{ subject, account: account.id }'],
    ],
    'GitHub tells who it is by its API: the number, and the address that is first and confirmed',
  ),
})

control(
  'who was here before is known by the address, which may have changed hands',
  atExchange(
    [
      ['await tx.find(identities, { issuer, subject })', 'await tx.find(identities, { email })'],
      ['{ issuer, subject, account: account.id }', '{ email, account: account.id }'],
    ],
    toArrive,
  ),
)
