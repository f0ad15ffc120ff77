// Every limit and time of sign-in: tokens, sessions, proofs, tries, passwords, factors, organizations, other services.

const KIB = 1024
const DAY_MS = 24 * 60 * 60 * 1000

/** Access tokens and the keys that sign them. */
export const tokenLimits = Object.freeze({
  /** Short, because a stolen one works until then wherever sessions are not asked. */
  accessMs: 10 * 60_000,
  /** No token of ours lives longer, whatever it says; a forgotten test token must not open a door for years. */
  longestAccessMs: 24 * 3_600_000,
  /** How far two clocks may differ. */
  skewMs: 60_000,
  /** Far above any token we make (about 500); a longer text is refused unread. */
  tokenChars: 4_096,
  /** Verified tokens kept, whole token by whole token; beyond this the oldest is verified again. */
  verifiedKept: 10_000,
  /** A key signs this long; the next one is published all the while, so that nobody meets a key unknown. */
  keyMs: 90 * 86_400_000,
})

/** Sessions: how long they live, and how a lost answer to a refresh is made up for. */
export const sessionLimits = Object.freeze({
  /** However much it is used. */
  absoluteMs: 30 * DAY_MS,
  /** Without a refresh. */
  idleMs: 14 * DAY_MS,
  /** The token before the current one may be used again for so long, with the same result: its answer was lost. */
  retryMs: 10_000,
  /** What a process remembers of a session at most; elsewhere a logout is felt after this. */
  rememberedMs: 1_000,
  remembered: 10_000,
})

/** What an OAuth server gives out (RFC 6749, RFC 9700). Refresh tokens and grants end with the session. */
export const oauthLimits = Object.freeze({
  /** From the redirect to the exchange of the code; a code on its way for longer is on a wrong way. */
  codeMs: 60_000,
  idTokenMs: 10 * 60_000,
  /** A sign-in that waits for a person: to find the password, the device, and to decide. */
  interactionMs: 15 * 60_000,
  /** A request that was pushed waits for its browser (RFC 9126). */
  pushedMs: 60_000,
  /** Tokens that were good once, and so are looked up whoever brings how many others. */
  remembered: 10_000,
  /** Tokens that a process has not seen, of one network in a minute: each costs a look into the database. */
  unknownPerMinute: 120,
  /** Applications that may register themselves by one token, and how long one is good. */
  registrations: 100,
  registrationHours: 30 * 24,
  /** One that has ended is shown so long. */
  shownMs: 30 * DAY_MS,
  /** Requests at the address of registration, of one network in a minute. */
  registrationsPerMinute: 30,
  /** Of a form that a person or a client sends: far above any of them. */
  bodyBytes: 16 * KIB,
})

/** Sessions of browsers, kept by a cookie (OWASP): shorter than those of programs, which keep their tokens better. */
export const browserLimits = Object.freeze({
  absoluteMs: 12 * 60 * 60_000,
  /** Without a request, to about a minute. */
  idleMs: 30 * 60_000,
})

/** API keys. */
export const apiKeyLimits = Object.freeze({
  /** Of one owner that are good at once. */
  perOwner: 50,
  /** How long a key that was replaced may live on, and does if nobody says. */
  overlapMs: 30 * DAY_MS,
  overlapUsualMs: DAY_MS,
  /** Keys that a process has not seen, of one network in a minute: each of them costs a look into the database. */
  unknownPerMinute: 120,
  /** A key that has ended is shown so long. */
  shownMs: 30 * DAY_MS,
})

/** Proofs by mail: links and codes, each good once. */
export const proofLimits = Object.freeze({
  verifyMs: DAY_MS,
  resetMs: 30 * 60_000,
  /** To agree at both addresses that an account moves. */
  moveMs: 30 * 60_000,
  /** Somebody who was invited on a Friday may come on the Monday. */
  inviteMs: 3 * DAY_MS,
  /** Letters of one kind to one address in an hour; more would be a way to flood somebody. */
  lettersPerHour: 5,
})

/** Organizations and who is in them. */
export const organizationLimits = Object.freeze({
  /** Organizations of one person: all of them are remembered with their session. */
  perAccount: 100,
  /** How long a letter that asks somebody in works. */
  inviteMs: 3 * DAY_MS,
  /** Letters of one organization in an hour: whoever makes one must not be able to flood the world with them. */
  lettersPerHour: 100,
})

/** Wrong passwords (OWASP, NIST 800-63B-4): counted before a password is tried, so that no try is for free. */
export const tryLimits = Object.freeze({
  /** By one network on one account. */
  most: 10,
  windowMs: 15 * 60_000,
  /** From this one on each waits twice as long as the one before, beginning with a second. */
  slowFrom: 5,
  /** In a row, by anybody, before only a new password helps. */
  hardStop: 100,
})

/** Passwords: what is taken, and what hashing may cost. */
export const passwordLimits = Object.freeze({
  /** Code points where the password is the only factor (NIST 800-63B-4). */
  minChars: 15,
  /** Code points where a second factor is asked for too. */
  minCharsWithFactor: 8,
  /** Far above any pass phrase; beyond it the text is refused before it is read. */
  maxChars: 1_024,
  /** Hashes waiting for a turn; one more is answered 503. */
  hashQueue: 50,
  /** Sign-ins that begin, or are refused, in one turn of the event loop: between two it hears everybody else. */
  signInsPerTurn: 1,
  /** Threads of Node's pool left to the disk and to name look-ups: all of them hashing would stall every commit. */
  threadsLeft: 2,
})

/** Second factors. */
export const factorLimits = Object.freeze({
  /** What authenticator apps agree on (RFC 6238). */
  totpDigits: 6,
  totpStepSeconds: 30,
  /** Steps to either side that are taken, for clocks that differ. */
  totpSkewSteps: 1,
  recoveryCodes: 10,
  /** How long a person may take with a passkey; the browser is told the same. */
  challengeMs: 5 * 60_000,
  challengeBytes: 32,
  /** Challenges in memory; beyond it the oldest is dropped, and who asked for it asks again. */
  challengesKept: 10_000,
  /** A passkey's answer is some hundred bytes; those with certificates a few thousand. */
  passkeyAnswerChars: 20_000,
  /** WebAuthn Level 3 §4: an id is at most so long. */
  credentialIdBytes: 1_023,
  /** From the right password to the second factor. */
  loginMs: 10 * 60_000,
  /** From the secret of an authenticator app to the first code of it. */
  enrolMs: 10 * 60_000,
  /** What takes a factor away, or adds one, asks for a proof that is no older. */
  provedMs: 5 * 60_000,
  /** A device is remembered so long, as a session lasts. */
  deviceMs: 30 * DAY_MS,
  /** Of one account; more are not what one person has. */
  devices: 20,
  passkeys: 20,
  /** Wrong codes in a row after the right password, at which the owner is told that somebody knows it. */
  letterAt: 5,
})

/** Sign-in with other services. */
export const otherLimits = Object.freeze({
  /** From leaving for the service to coming back, with its own second factor in between. */
  journeyMs: 10 * 60_000,
  /** The code that the way back ends with is turned into tokens by the next request. */
  codeMs: 60_000,
  /** One request to a service. Four of them (metadata, tokens, keys, user info) must fit into a handler's deadline. */
  requestMs: 3_000,
  /** Of one answer of a service; metadata and key sets are some KiB. */
  answerBytes: 256 * KIB,
  /** A service's metadata is asked for again after this, and the old one is used where that fails. */
  metadataMs: 60 * 60_000,
  /** So long the old one is used before the service is asked once more; each question may take its whole time. */
  metadataRetryMs: 60_000,
  /** When a service that could not be reached may be asked again. */
  retrySeconds: 5,
  /** Of one account. */
  identities: 20,
})
