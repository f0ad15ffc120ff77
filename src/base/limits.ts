// Every limit and timeout of the process in one table, with units in the names and the reason beside each.

const KIB = 1024
const MIB = 1024 * KIB
const DAY_MS = 24 * 60 * 60 * 1000

/** HTTP: what one connection or request may cost before it is anybody's business. */
export const httpLimits = Object.freeze({
  /** Node waits 60 s; a head that takes 10 s is an attack or a dead link. */
  headersTimeoutMs: 10_000,
  /** Time to receive a whole request; Node waits 300 s. */
  requestTimeoutMs: 30_000,
  /** A handler that has not answered by then is answered 503. */
  handlerDeadlineMs: 15_000,
  /** Must exceed the idle timeout of the balancer in front (commonly 60 s). */
  keepAliveTimeoutMs: 65_000,
  connectionsCheckingIntervalMs: 5_000,
  headerBytes: 16 * KIB,
  headerCount: 100,
  requestsPerSocket: 1_000,
  connections: 10_000,
  bodyBytes: 1 * MIB,
  queryBytes: 8 * KIB,
  queryParameters: 100,
  queryListItems: 100,
  pathParameterChars: 100,
  /** Below this a compressed answer costs more than it saves. */
  compressFromBytes: 1 * KIB,
})

/** JSON bodies: found by one scan before the parser runs, so no body can hold the loop. */
export const jsonLimits = Object.freeze({
  depth: 32,
  keysPerObject: 1_000,
  nodes: 100_000,
})

/** Lists and trees. */
export const pageLimits = Object.freeze({
  defaultRows: 20,
  maxRows: 100,
  /** Entries of the sort's index that one page may examine for filters no index covers. */
  scanRows: 1_000,
  /** `count=exact` counts to here. */
  countRows: 10_000,
  expandDepth: 3,
  sortKeys: 3,
  searchWords: 8,
  batchOperations: 100,
})

/** Start and stop, within the 30 s grace most orchestrators give. */
export const drainLimits = Object.freeze({
  /** `/ready` says no this long before the door closes, so that a balancer notices. */
  unreadyMs: 5_000,
  drainMs: 20_000,
  totalMs: 28_000,
})

export const sqliteLimits = Object.freeze({
  /** Writers that may wait for the one writer; one more is answered 503. */
  writerQueue: 1_000,
  transactionDeadlineMs: 5_000,
  /** PASSIVE checkpoint each so many pages of the log. */
  checkpointPages: 1_000,
  /** At this length of the log writers wait for one checkpoint: under steady load it would never start over. */
  restartPages: 16_384,
  /** TRUNCATE when idle above this size of the log. */
  truncateBytes: 64 * MIB,
})

/** Backups of SQLite while it is served. */
export const backupLimits = Object.freeze({
  /** At most a second of writes may be lost with the disk; half of it is for the shipping itself. */
  shipEveryMs: 500,
  /** A restore applies at most this much of the log to a snapshot. */
  snapshotEveryMs: 24 * 60 * 60_000,
  /** Any time since then can be restored. */
  keepMs: 7 * 24 * 60 * 60_000,
  /** A restore is tried this often. */
  proveEveryMs: 24 * 60 * 60_000,
  /** One that failed is tried again after this. */
  proveAgainMs: 60 * 60_000,
  /** Whether one is due is looked up this often. */
  lookEveryMs: 10 * 60_000,
  /** After so many segments it is looked whether old ones can be put together. */
  packEvery: 500,
  /** A beginning or a snapshot that failed is tried again after this. */
  retryMs: 10_000,
  /** While the backup's disk fails the log only grows; beyond this the backup is given up, and not the server. */
  logBytes: 1024 * MIB,
})

export const postgresLimits = Object.freeze({
  poolSize: 10,
  /** Pipelined connections for reads that need no transaction of their own. */
  readers: 2,
  acquireMs: 2_000,
  statementTimeoutMs: 5_000,
  lockTimeoutMs: 2_000,
  idleInTransactionMs: 10_000,
  connectMs: 2_000,
  /** Serialization failures and deadlocks are tried again this often, with jitter. */
  retries: 5,
  /** A transaction, its retries and its wait for a connection together. */
  transactionDeadlineMs: 5_000,
  /** Callers that may wait for a connection, and reads in flight on one reader; one more is answered 503. */
  waiting: 1_000,
  /** Prepared statements kept on each connection; the least recently used is closed. */
  statements: 500,
})

/** `Idempotency-Key`: what is remembered, and for how long. */
export const keyLimits = Object.freeze({
  keyChars: 255,
  /** A client that was cut off asks again within days; a month covers a queue that somebody has to repair. */
  keptMs: 30 * DAY_MS,
  /** A larger row is read again instead of being kept. */
  answerBytes: 256 * KIB,
  /** Rows that one sweep takes away: on SQLite it holds the one writer. */
  sweepRows: 1_000,
  sweepEveryMs: 60_000,
})

export const rateLimits = Object.freeze({
  /** Requests a minute and caller; `RATE_LIMIT` overrides it. */
  perCallerPerMinute: 600,
  /** Anonymous callers share a budget per /32 (IPv4) or /64 (IPv6). */
  anonymousPerMinute: 60,
  /** Buckets kept at most; the least recently used is dropped. */
  buckets: 100_000,
})

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

/** Events: how they are put in order, handed on and forgotten. */
export const eventLimits = Object.freeze({
  /** Of what one event tells; receivers of webhooks and brokers expect a few KiB. */
  dataBytes: 256 * KIB,
  /** Between two turns of a loop: events gather meanwhile, and writers are not slowed. */
  pauseMs: 200,
  /** Without a wake the loops look by themselves this often. */
  pollMs: 1_000,
  /** Events that get their places in one transaction. */
  placedAtOnce: 1_000,
  /** Events that are handed to handlers, or sent to a broker, in one turn. */
  relayedAtOnce: 100,
  /** A broker that does not answer by then is taken for unreachable. */
  brokerConnectMs: 5_000,
  brokerConfirmMs: 10_000,
  /** Only one process sends to a broker; when it is gone, another takes over after this. */
  brokerLeaseMs: 5_000,
  /** Tries where the handler or the data is unknown to this version of the app: minutes, for a newer one to come. */
  unknownTries: 5,
  /** Events are kept this long after they were emitted, and longer while somebody has not been given them. */
  keepMs: 7 * 86_400_000,
  forgottenAtOnce: 1_000,
  /** Between two looks for events to forget. */
  forgetMs: 3_600_000,
})

/** Mail: what a message may be, and how long a mail server may take. */
export const mailLimits = Object.freeze({
  /** Longer subjects are cut; no program shows so much. */
  subjectChars: 200,
  /** Names people gave themselves, in mails to others. */
  nameChars: 64,
  /** The dev mailbox keeps so many, the newest. */
  mailbox: 200,
  connections: 2,
  connectMs: 10_000,
  greetingMs: 10_000,
  /** Silence of the server in the middle of a mail. */
  socketMs: 30_000,
})

/** Jobs: how they are lent to workers, tried again and forgotten. */
export const jobLimits = Object.freeze({
  /** A worker that has not said for this long that it lives has lost its jobs. */
  leaseMs: 30_000,
  heartbeatMs: 10_000,
  /** Without a wake a worker looks by itself this often. */
  pollMs: 1_000,
  /** One try, unless the job says otherwise. */
  timeoutMs: 60_000,
  /** How long code may take to end after its signal was aborted; then its slot is given to another job. */
  graceMs: 1_000,
  /** How long a worker waits for what it runs when the process is to end. */
  drainMs: 20_000,
  /** A scheduler that has not looked for this long was stopped meanwhile: what it missed is made up for once. */
  pausedMs: 60_000,
  attempts: 20,
  backoffMaxMs: 24 * 60 * 60_000,
  /** A share of the wait, added or taken away, so that what failed together is not tried again together. */
  backoffJitter: 0.1,
  /** Jobs of one queue that one process runs at once. */
  concurrency: 10,
  /** Jobs are taken ahead where they begin within so long: none waits for longer while another process has room. */
  aheadMs: 50,
  /** Jobs taken, promoted or deleted by one statement. */
  batch: 100,
  /** Jobs looked at for those that must wait for another. */
  lookedAt: 1_000,
  /** One transaction of a job: longer than a request's, because nobody waits for it. */
  transactionMs: 15_000,
  /** Between two sweeps of jobs that are to be forgotten. */
  tidyMs: 60_000,
  keepDoneMs: 24 * 60 * 60_000,
  keepDeadMs: 30 * 24 * 60 * 60_000,
  inputBytes: 1 * MIB,
  /** Of the message that is kept when a try fails. */
  errorChars: 4_000,
})

/** The audit: how its chain is sealed and signed, and how long it is kept. */
export const auditLimits = Object.freeze({
  /** Entries are sealed at most so often; one that waits is protected by a message code of its own. */
  sealPauseMs: 200,
  sealPollMs: 1_000,
  /** Entries that one transaction seals; what is left is sealed by the next. */
  sealedAtOnce: 1_000,
  /** A signed checkpoint at every thousandth entry, and where there is a new one, after a minute. */
  checkpointEntries: 1_000,
  checkpointMs: 60_000,
  /** A year, as auditors ask for, and a month to find out. */
  keptMs: 400 * 86_400_000,
})
