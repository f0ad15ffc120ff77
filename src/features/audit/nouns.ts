// The tables of the audit: entries that wait for their place, the chain of those that have it, its signed checkpoints.
import { boolean, choice, integer, json, resource, text } from '../../define/index.ts'

/** What a row was and became is bounded by what a body may hold; nobody else writes these. */
const bytes = 1_048_576
const depth = 30

/**
 * Entries as they are committed: nothing is looked up by, so that writing one costs one page and no index. Whoever
 * seals moves them into the chain.
 */
export const waiting = resource('plinth_audit_waiting', {
  description: 'What was done, until it has its place in the audit.',
  fields: {
    /** All that the entry says, as `content.ts` writes it. */
    content: json({ maxBytes: bytes, maxDepth: depth }),
    /** A message code over it: nobody else can make an entry. */
    mac: text({ max: 64 }),
    /** The row that changed, for its history. */
    noun: text({ max: 41, optional: true }),
    row: text({ max: 36, optional: true }),
    arrival: integer({ min: 0 }),
  },
  allow: {},
  audit: false,
})

/**
 * One entry of the chain: a call, and one row that it made, changed or deleted; a call that changed nothing, or was
 * refused, is one without a row. `created_at` is the time of the call. Nothing in it is ever changed.
 */
export const entries = resource('plinth_audit', {
  description: 'Who did what, when, and what it changed.',
  fields: {
    position: integer({ min: 1, unique: true }),
    /** The operation's id (`orders.pay`), or what else did it (`job receipts.send`, `POST /webhooks`). */
    operation: text({ max: 300 }),
    /** The row that the operation was called on. */
    target: text({ max: 36, optional: true }),
    /** `done`, or the code of the problem that was answered. */
    outcome: text({ max: 41 }),
    caller: text({ max: 100, optional: true }),
    session: text({ max: 100, optional: true }),
    key: text({ max: 100, optional: true }),
    address: text({ max: 45, optional: true }),
    request: text({ max: 128, optional: true }),
    /** The row that changed, how, and the fields that differ, as the API shows them. */
    noun: text({ max: 41, optional: true }),
    row: text({ max: 36, optional: true }),
    change: choice(['created', 'changed', 'deleted'], { optional: true }),
    before: json({ maxBytes: bytes, maxDepth: depth, optional: true }),
    after: json({ maxBytes: bytes, maxDepth: depth, optional: true }),
    /** Names of private fields that changed too; their values are nowhere but in the row. */
    withheld: text({ max: 5_000, optional: true }),
    /** Was it ours when it got its place. */
    sound: boolean(),
    /** A message code over all of the above and the hash of the entry before: nobody else can make a chain. */
    mac: text({ max: 64 }),
    /** Over all of that and the code. */
    hash: text({ max: 64 }),
  },
  allow: {},
  audit: false,
  index: [['row', 'noun']],
})

/** What the chain was at one position at `created_at`, signed; each holds the hash of the one before. */
export const checkpoints = resource('plinth_audit_checkpoints', {
  description: 'The chain of the audit at one position, signed.',
  fields: {
    number: integer({ min: 1, unique: true }),
    position: integer({ min: 1 }),
    hash: text({ max: 64 }),
    /** The hash of the checkpoint before; '' for the first. */
    previous: text({ max: 64 }),
    key: text({ max: 64 }),
    signature: text({ max: 100 }),
  },
  allow: {},
  audit: false,
})
