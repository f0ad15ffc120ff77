// What would break the administration of accounts: each fault, seeded into the source, turns the test of it red.
import { control, type Seeded } from '../seeded/seeded.ts'

const nobodyElse = 'nobody but an administrator sees or changes an account'
const lastStays = 'the last administrator is neither demoted nor deactivated, whoever asks'
const oneStays = 'of two administrators who demote each other at once, one stays'

const at = (edits: Seeded['edits'], ...titles: string[]): Seeded => ({
  file: 'src/features/auth/flows/accounts_managed.ts',
  edits,
  tests: 'test/identity/administration.test.ts',
  titles,
})

/** The rows are there for whoever is signed in, so that nothing but the rule of the door is in the way. */
const openRows = {
  file: 'src/features/accounts/accounts.ts',
  edits: [['read: [administrators]', "read: [{ rule: 'signedIn' }]"]],
} as const

for (const what of ['Roles', 'Deactivate', 'Reactivate', 'Unlock'])
  control(`whoever is signed in may do to any account: ${what}`, {
    ...at(
      [
        [
          `houseRowAction(accounts, '${what.toLowerCase()}', {\n  allow: [administrators],`,
          `houseRowAction(accounts, '${what.toLowerCase()}', {\n  allow: [{ rule: 'signedIn' }],`,
        ],
      ],
      nobodyElse,
    ),
    and: openRows,
  })

control('whoever is signed in reads any account', { ...openRows, ...nobody() })
control('whoever is signed in lists the accounts', {
  file: openRows.file,
  edits: [['list: [administrators]', "list: [{ rule: 'signedIn' }]"]],
  ...nobody(),
})

function nobody(): Pick<Seeded, 'tests' | 'titles'> {
  return { tests: 'test/identity/administration.test.ts', titles: [nobodyElse] }
}

control(
  'nobody counts the administrators that are left',
  at([['ensure(others.length > 0,', 'ensure(others.length >= 0,']], lastStays, oneStays),
)

control(
  'one who is deactivated counts as an administrator',
  at([["    .where('state', '=', 'active')\n", '']], lastStays),
)

control(
  'the last administrator is deactivated',
  at(
    [['return row\n    await staysManaged(tx, row)\n    await endSessions', 'return row\n    await endSessions']],
    lastStays,
  ),
)

// SQLite has one writer: two transactions there never see the same.
control('each of two administrators counts before the other has changed', {
  ...at(
    [
      [
        "and one of them is told no.\n  isolation: 'serializable',",
        "and one of them is told no.\n  isolation: 'locked',",
      ],
    ],
    oneStays,
  ),
  only: 'postgres',
})

const deactivated = 'a deactivated account is nobody at once, by any token or letter, until it is back'
control('sessions come back with the account', at([['    await endSessions(tx, row)\n', '']], deactivated))

control(
  'a letter from before resets the password of a deactivated account',
  at([['await tx.find(proofs, { account: row.id }, { limit: 1_000 })', '[]']], deactivated),
)

const unlocks = 'an administrator unlocks what wrong passwords and codes have locked'
control(
  'an unlock forgets no wrong password',
  at([['    await forgetTriesAt(tx, house, triedAt(row.email))\n', '']], unlocks),
)
control('an unlock forgets no wrong code', at([['    await forgetFactorTries(tx, house, row)\n', '']], unlocks))
control(
  'an unlock leaves the hard stop',
  at([['{ failures: 0 }', '{ failures: row.failures }']], 'an account past the hard stop is unlocked too'),
)
control(
  'nobody is told of another role',
  at([["await tell(work, changed, 'rolesChanged')", '']], 'roles are felt on the next request of tokens there are'),
)
