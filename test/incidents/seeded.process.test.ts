// The faults that others had, seeded into our own source: the tests of their rows must turn red.
import { control } from '../seeded/seeded.ts'

const refresh = 'src/features/auth/flows/refresh.ts'
const successor = 'test/incidents/12_one_successor.test.ts'
const oneLine = 'fifty exchanges leave one line of tokens'

// CVE-2026-53517: what was looked up before is believed when the next pair is given.
control('row 12: a token that is replaced is exchanged once more, and the session forks', {
  file: refresh,
  edits: [['if (presented.replacedAt === null)', `if (presented.hash !== '')`]],
  tests: successor,
  titles: [oneLine],
})

// The race itself. SQLite has one writer, so it can only happen on PostgreSQL.
control('row 12: exchanges at once that believe what they saw before they waited fork the session', {
  file: refresh,
  edits: [
    [
      'const [refreshed] = session === undefined || hash === undefined ? [] : await tx.find(refreshes, { hash })',
      'const refreshed = seen',
    ],
  ],
  tests: successor,
  titles: [oneLine],
  only: 'postgres',
})

// django-oauth-toolkit #1617.
control('row 12: a window without an end gives the pair to whoever has the old token', {
  file: refresh,
  edits: [
    ['if (!isRecent(replacedAt.getTime(), tx.now.getTime(), sessionLimits.retryMs)) return undefined\n', '\n'],
    ["import { isRecent } from '../recent.ts'\n", ''],
  ],
  tests: successor,
  titles: ['what makes up for a lost answer is the same pair, and ten seconds wide'],
})

control('row 12: a token older than the last one is made up for too', {
  file: refresh,
  edits: [['return next?.replacedAt === null ? tokens : undefined', 'return next && tokens']],
  tests: successor,
  titles: [oneLine],
})

// CVE-2026-53512: whoever has an access token refreshes by it.
control('row 13: a refresh finds the session by the access token where no refresh token comes', {
  file: refresh,
  edits: [
    ['input: { refreshToken: text({ max: 200 }) }', 'input: { refreshToken: text({ max: 200, optional: true }) }'],
    ['async run({ house, input,', 'async run({ house, caller, input: given,'],
    [
      'const found = await findLocked(tx, input.refreshToken)',
      `const input = { refreshToken: given.refreshToken ?? '' }
       const [own] = caller.session === undefined ? [] : await tx.find(sessions, { id: caller.session })
       const [last] = own ? await tx.find(refreshes, { session: own.id, replacedAt: null }) : []
       const found = (await findLocked(tx, input.refreshToken)) ?? (own && last && { session: own, refresh: last })`,
    ],
  ],
  tests: 'test/incidents/13_refresh.test.ts',
  titles: ['nothing but a refresh token refreshes'],
})

// CVE-2026-82469: a token that is no refresh token is taken for one.
control('row 13: the list that a token comes in is opened, and its text is taken', {
  file: 'src/features/auth/flows/refresh.ts',
  edits: [
    ["import { text } from '../../../define/index.ts'", "import { json, text } from '../../../define/index.ts'"],
    ['input: { refreshToken: text({ max: 200 }) }', 'input: { refreshToken: json() }'],
    ['await findLocked(tx, input.refreshToken)', 'await findLocked(tx, String(input.refreshToken))'],
    ['token: input.refreshToken }, session', 'token: String(input.refreshToken) }, session'],
    ['presented, input.refreshToken)', 'presented, String(input.refreshToken))'],
  ],
  tests: 'test/incidents/13_refresh.test.ts',
  titles: ['nothing but a refresh token refreshes'],
})

// CVE-2026-11779: the door asks that somebody is signed in, and not who.
control('row 15: whoever is signed in clears the lockout of anybody', {
  file: 'src/features/auth/flows/accounts_managed.ts',
  edits: [
    [
      "export const accountUnlock = houseRowAction(accounts, 'unlock', {\n  allow: [administrators],",
      "export const accountUnlock = houseRowAction(accounts, 'unlock', {\n  allow: [{ rule: 'signedIn' }],",
    ],
  ],
  and: {
    file: 'src/features/accounts/accounts.ts',
    edits: [['read: [administrators]', "read: [{ rule: 'signedIn' }]"]],
  },
  tests: 'test/incidents/15_lockout.test.ts',
  titles: ['a lockout is cleared by administrators alone'],
})
