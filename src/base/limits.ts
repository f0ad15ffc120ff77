// Limits and timeouts of the process, with units in the names and the reason beside each. Those of sign-in lie apart.

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
  /** Entries that one transaction seals, in some 3 ms of nothing else on SQLite; what is left is sealed by the next. */
  sealedAtOnce: 200,
  /** A signed checkpoint at every thousandth entry, and where there is a new one, after a minute. */
  checkpointEntries: 1_000,
  checkpointMs: 60_000,
  /** A year, as auditors ask for, and a month to find out. */
  keptMs: 400 * 86_400_000,
})
