// What would break invitations: each fault, seeded into the source, turns the test of it red.
import { control, type Seeded } from '../seeded/seeded.ts'

const tests = 'test/identity/invitations.test.ts'
const atAccept = (edits: Seeded['edits'], titles: readonly string[]): Seeded => ({
  file: 'src/features/auth/flows/invite_accept.ts',
  edits,
  tests,
  titles,
})
const atInvite = (edits: Seeded['edits'], titles: readonly string[]): Seeded => ({
  file: 'src/features/auth/flows/invite.ts',
  edits,
  tests,
  titles,
})

const isGone = '    await tx.delete(invitations, invitation.id)\n    await makeProfile'
const isTheirs = 'if (account.verifiedAt !== null) return signInFirst()'

control(
  'an invitation makes the account again and again',
  atAccept(
    [
      [isGone, '    await makeProfile'],
      [isTheirs, ''],
    ],
    ['of twenty who accept at once, one does', 'who is invited chooses a password and a profile, once'],
  ),
)

control(
  'an invitation stays when it was accepted',
  atAccept([[isGone, '    await makeProfile']], ['who is invited chooses a password and a profile, once']),
)

control(
  'an invitation is good for ever',
  atAccept(
    [['found !== undefined && found.endsAt > tx.now', 'found !== undefined']],
    ['an invitation ends after 72 hours, when it is revoked, and with the next one'],
  ),
)

control(
  'an invitation takes the account of who confirmed the address meanwhile',
  atAccept([[isTheirs, '']], ['who registered without confirming is pushed aside; who confirmed meanwhile is left']),
)

control(
  'the letter of whoever registered the address first goes on working',
  atAccept(
    [
      [
        'for (const { id } of await tx.find(proofs, { account: account.id }, { limit: 1_000 })) ' +
          'await tx.delete(proofs, id)',
        '',
      ],
    ],
    ['who registered without confirming is pushed aside; who confirmed meanwhile is left'],
  ),
)

control('an invitation is for any address that who accepts it names', {
  ...atAccept(
    [
      ['import { json, type Json, text }', 'import { email as address, json, type Json, text }'],
      [
        'token: text({ max: 200 }),\n    password',
        'token: text({ max: 200 }),\n    email: address({ optional: true }),\n    password',
      ],
      [
        'await begin(tx, invitation, set)',
        'await begin(tx, { ...invitation, email: input.email ?? invitation.email }, set)',
      ],
    ],
    ['an invitation makes an account of its own address alone'],
  ),
})

control(
  'an invitation before stays good beside the next one',
  atInvite(
    [
      [
        'for (const { id } of await tx.find(invitations, { email: input.email })) await tx.delete(invitations, id)',
        `for (const { id, endsAt } of await tx.find(invitations, { email: input.email }))
           if (endsAt <= now) await tx.delete(invitations, id)
         const [before] = await tx.find(invitations, { email: input.email })`,
      ],
      ['const made = await tx.create(invitations, {', 'const made = before ?? await tx.create(invitations, {'],
    ],
    ['an invitation ends after 72 hours, when it is revoked, and with the next one'],
  ),
)

control(
  'who has an account is sent a letter that opens something',
  atInvite([['known?.verifiedAt\n', 'known === null\n']], ['an address with an account gets the same answer']),
)

control(
  'whoever is signed in invites, with any role',
  atInvite([['allow: [administrators]', "allow: [{ rule: 'signedIn' }]"]], ['nobody but an administrator invites']),
)

control(
  'letters to one address have no limit',
  atInvite([['if (tooMany !== undefined) return tooMany', '']], ['nobody but an administrator invites']),
)

/** With an account that is there already. */
const atJoin = (edits: Seeded['edits'], ...titles: string[]): Seeded => ({
  ...atAccept(edits, titles),
  tests: 'test/identity/others_invited.test.ts',
})

const once = 'who was invited and came by a service first accepts with their own account, once'
const own = 'an invitation is accepted by the account of its address alone, and that confirmed'

control(
  'the roles of an invitation go to any account that has the letter',
  atJoin([[' || fold(account.email) !== fold(invitation.email)', '']], own),
)

control(
  'the roles of an invitation go to an account whose address is not confirmed',
  atJoin([['account.verifiedAt === null || fold', 'fold']], own),
)

control(
  'an invitation is accepted with an account again and again',
  atJoin(
    [['  await tx.delete(invitations, invitation.id)\n  const roles', '  const roles']],
    once,
    'of twenty who accept at once with their account, one does',
  ),
)

control(
  'an invitation is used up by who has to sign in first',
  atJoin(
    [
      [
        'if (account instanceof Problem) return account',
        `if (account instanceof Problem) {
           await tx.delete(invitations, invitation.id)
           return account
         }`,
      ],
    ],
    once,
  ),
)
