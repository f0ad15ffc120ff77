// What happened to others, and the tests that show it does not happen here: one row for each row of the list.

/** A test by the file it is in and a part of its title as it is written there. */
export interface Named {
  readonly file: string
  readonly title: string
}

export interface Incident {
  readonly row: number
  /** What happened. */
  readonly what: string
  readonly tests: readonly Named[]
  /** The seeded fault that turns the test red, itself a test. */
  readonly controls: readonly Named[]
}

export interface NotHere {
  readonly row: number
  readonly what: string
  /** Why it cannot happen: the area is not there. */
  readonly notApplicable: string
}

const named = (file: string, ...titles: string[]): Named[] => titles.map((title) => ({ file, title }))

const interference = 'test/authorization/interference.test.ts'
const leaks = 'test/authorization/leaks.ts'
const matrix = 'test/authorization/matrix.test.ts'
const faults = 'test/authorization/faults.ts'
const fields = 'test/surface/fields.test.ts'
const browser = 'test/identity/browser_session.test.ts'
const seeded = 'test/incidents/seeded.process.test.ts'
const hostile = 'src/features/auth/token/hostile.test.ts'

export const incidents: readonly (Incident | NotHere)[] = [
  {
    row: 1,
    what: 'A private field read through filters, look-ups and prefixes of aliases',
    tests: [
      ...named(interference, '150 questions to twins on'),
      ...named(fields, 'a list by a hidden reference is not'),
    ],
    controls: named(
      leaks,
      'a filter, a sort and a list of fields by what is not shown',
      'a list by a reference that is',
    ),
  },
  {
    row: 2,
    what: 'A search that ignores who may see a field',
    tests: named(fields, 'words of a hidden field are not searched, and who sees it searches'),
    controls: named(leaks, 'a search over words that are not shown'),
  },
  {
    row: 3,
    what: 'Aggregates that tell hidden values',
    tests: named('test/incidents/03_aggregates.test.ts', 'no aggregate is asked for: none over'),
    controls: [
      ...named('test/incidents/03_aggregates.test.ts', 'control: a list that ignores what it does not know'),
      ...named(leaks, 'a count before the rule'),
    ],
  },
  { row: 4, what: 'A filter of a subscription as an oracle', notApplicable: 'There are no subscriptions yet.' },
  {
    row: 5,
    what: 'Copies in revisions and audits that hold secrets',
    tests: named('src/features/audit/test_canaries.ts', 'nothing that is hidden is found where it does not belong, on'),
    controls: named('src/features/audit/test_canaries.ts', 'the control: where nothing is hidden they are found, on'),
  },
  {
    row: 6,
    what: 'A read again that is denied, and answered with the raw row',
    tests: named(
      'test/incidents/06_read_again.test.ts',
      'what a denied read would have given is not in the answer, on',
    ),
    controls: named('test/incidents/06_read_again.test.ts', 'control: a door that falls back to the row it had'),
  },
  {
    row: 7,
    what: 'A failed message of sign-in that clears who one was',
    notApplicable: 'There are no long-lived connections that sign in yet; each request brings its token.',
  },
  {
    row: 8,
    what: 'A refusal that does it anyway',
    tests: named('test/authorization/suite.ts', 'cells of'),
    controls: named(faults, 'a refusal that does what it refuses'),
  },
  {
    row: 9,
    what: 'A client that sets what only the server sets',
    tests: named('test/incidents/server_fields.ts', 'no body sets more than a client may set, on'),
    controls: named('test/incidents/09_server_fields.test.ts', 'control: a field that is not readonly is set'),
  },
  {
    row: 10,
    what: 'Who calls, taken from the body',
    tests: named('test/incidents/10_identity.test.ts', 'who calls is said by the token alone'),
    controls: named('test/incidents/10_identity.test.ts', 'control: a door that believes what is said'),
  },
  {
    row: 11,
    what: 'An account taken before its owner comes, by another service',
    tests: named(
      'test/identity/others_linking.test.ts',
      'of 32 ways to link, that with both addresses confirmed and a proof links, and no other',
      'whoever registered the address of a victim first has nothing when the victim comes',
      'whoever came by an address that is not confirmed has nothing when its owner comes',
    ),
    controls: named(
      'test/identity/others_linking.test.ts',
      'an app that believes every address of a service fails the same table',
    ),
  },
  {
    row: 12,
    what: 'A race of refreshes that forks a session',
    tests: [
      ...named(
        'test/identity/sessions.test.ts',
        'fifty exchanges of one token at once have one successor',
        'a lost answer is made up for within ten seconds; after that the session ends',
      ),
      ...named(
        'test/incidents/12_one_successor.test.ts',
        'fifty exchanges leave one line of tokens',
        'what makes up for a lost answer is the same pair, and ten seconds wide',
      ),
    ],
    controls: named(
      seeded,
      'row 12: a token that is replaced is exchanged once more, and the session forks',
      'row 12: exchanges at once that believe what they saw before they waited fork the session',
      'row 12: a window without an end gives the pair to whoever has the old token',
      'row 12: a token older than the last one is made up for too',
    ),
  },
  {
    row: 13,
    what: 'A refresh without a refresh token',
    tests: named('test/incidents/13_refresh.test.ts', 'nothing but a refresh token refreshes'),
    controls: named(
      seeded,
      'row 13: a refresh finds the session by the access token where no refresh token comes',
      'row 13: the list that a token comes in is opened, and its text is taken',
    ),
  },
  {
    row: 14,
    what: 'A limit of tries that races, or believes an address',
    tests: [
      ...named(
        'test/identity/sessions.test.ts',
        'of many wrong passwords at once no more are tried than the limit lets; later the owner gets in',
      ),
      ...named('src/features/auth/steps/tries.test.ts', 'at once at a count that is not there yet are as many as may'),
    ],
    controls: named('src/features/auth/steps/tries.test.ts', 'are as many as may; taken apart, more'),
  },
  {
    row: 15,
    what: 'A lockout that others clear',
    tests: [
      ...named(
        'test/identity/administration.test.ts',
        'nobody but an administrator sees or changes an account, their own either, nor clears a lockout',
      ),
      ...named('test/incidents/15_lockout.test.ts', 'a lockout is cleared by administrators alone'),
    ],
    controls: named(seeded, 'row 15: whoever is signed in clears the lockout of anybody'),
  },
  {
    row: 16,
    what: 'A code of an app or for recovery that works again',
    tests: [
      ...named('test/identity/factors.test.ts', 'a code works once, and none before it does after it'),
      ...named('test/identity/factors.test.ts', 'of 50 sign-ins at once by one'),
    ],
    controls: named('src/features/auth/factors/once.test.ts', 'of an app is taken by one of', 'taken apart, by more'),
  },
  {
    row: 17,
    what: 'A token that outlives the sign-out or the account; a session that is the same before and after',
    tests: [
      ...named(browser, 'the cookie is another one after signing in, after a proof, and after signing out'),
      ...named(
        'test/identity/sessions.test.ts',
        'signing out ends the session on the next request; other devices stay',
      ),
      ...named('test/identity/ends.process.test.ts', 'a change is felt on the next request here, within a second'),
      ...named('test/identity/factors.test.ts', 'what waits for a factor is no token for anything, works once'),
    ],
    controls: named(
      'test/identity/ends.process.test.ts',
      'the control: a process that goes on believing what it remembers is seen',
    ),
  },
  {
    row: 18,
    what: 'A token that chooses its algorithm or its key',
    tests: named(hostile, 'none of them is taken, and a good one is', 'no random change to a good one is taken'),
    controls: named(hostile, 'a verifier that believes the header lets many in'),
  },
  {
    row: 19,
    what: 'A token for somebody else',
    tests: [
      ...named(hostile, 'none of them is taken, and a good one is'),
      ...named('src/features/auth/token/access_token.test.ts', 'a token of another party is refused'),
    ],
    controls: named(hostile, 'a library with its usual options lets some in'),
  },
  {
    row: 20,
    what: 'A memory of tokens that answers with the claims of another',
    tests: named('src/features/auth/token/verifier.test.ts', 'near copies of a known token are refused'),
    controls: named('src/features/auth/token/verifier.test.ts', 'the test finds a memory by signature, by beginning'),
  },
  {
    row: 21,
    what: 'A way back that leads elsewhere',
    tests: [
      ...named(
        'test/identity/others_ways.test.ts',
        'of more than 120 addresses to return to that the app does not name',
      ),
      ...named('test/oauth/redirects.test.ts', 'an address that looks like a registered one is not it'),
    ],
    controls: named('test/oauth/redirects.test.ts', 'the control: compared in any of five other ways'),
  },
  {
    row: 22,
    what: 'A state that the caller chose',
    tests: named('test/identity/others_ways.test.ts', 'a state that is forged, of another browser, or used before'),
    controls: named('test/identity/others_ways.test.ts', 'a state that is forgotten is taken again'),
  },
  { row: 23, what: 'A device code that any session claims', notApplicable: 'There is no device flow yet.' },
  {
    row: 24,
    what: 'A reset without a valid token',
    tests: named('test/identity/hostile_values.test.ts', 'wrong values of every kind are refused by the name of their'),
    controls: named(
      'test/identity/hostile_values.test.ts',
      'the control: an operation that trusts what it gets is found',
    ),
  },
  {
    row: 25,
    what: 'HTML in a letter',
    tests: named('src/features/mail/letter.test.ts', 'has the tags of its layout whatever is put in'),
    controls: named('src/features/mail/letter.test.ts', 'one that trusts its words would be found out'),
  },
  {
    row: 26,
    what: 'An account or a row that is told of by how it is refused',
    tests: [
      ...named(
        'test/incidents/26_there_or_not.test.ts',
        'what is hidden is refused as what is missing, byte by byte, on',
      ),
      ...named(
        'test/identity/accounts.test.ts',
        'registering answers the same for an address that is known, that waits, and that is new',
        'forgetting is answered alike for everybody, and nobody but the owner gets a letter',
      ),
    ],
    controls: named('test/incidents/26_there_or_not.test.ts', 'control: a refusal that tells is seen'),
  },
  {
    row: 27,
    what: 'A type of content that is read in two ways',
    tests: [
      ...named('test/incidents/27_content_type.test.ts', 'a body of any spelling of its type is checked or refused'),
      ...named(browser, 'forty content types: the body is judged by the one reading there is'),
      ...named(browser, 'thirty requests that another site may make are refused'),
    ],
    controls: named('test/incidents/27_content_type.test.ts', 'control: a check that is led by the header is seen'),
  },
  {
    row: 28,
    what: 'A guard passed by an escaped path, or by HEAD',
    tests: [
      ...named('test/authorization/suite.ts', 'cells of'),
      ...named(matrix, 'dots in an address lead nowhere, whoever asks'),
    ],
    controls: named(faults, 'a HEAD that asks no rule', 'a header that says who calls'),
  },
]
