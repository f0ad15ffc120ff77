// The tables of the audit: who did what, and the signed checkpoints of their chain.
import { boolean, choice, integer, json, resource, text } from '../../define/index.ts'

/** Bytes of what a row was, and of what it became: rows are bounded by what a body may hold. */
const shown = { maxBytes: 1_048_576, maxDepth: 30, optional: true } as const

/**
 * One entry: a call, and one row that it made, changed or deleted; a call that changed nothing, or was refused, is one
 * without a row. `created_at` is the time of the call. Nothing in it is ever changed but what sealing adds.
 */
export const entries = resource('plinth_audit', {
  description: 'Who did what, when, and what it changed.',
  fields: {
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
    before: json(shown),
    after: json(shown),
    /** Names of private fields that changed too; their values are nowhere but in the row. */
    withheld: text({ max: 5_000, optional: true }),
    /** A message code over all of the above: protects the entry until it is sealed. */
    mac: text({ max: 64 }),
    arrival: integer({ min: 0 }),
    /** The seal: the place in the chain, whether the code was right by then, the hash over it and the entry before. */
    position: integer({ min: 1, optional: true }),
    sound: boolean({ optional: true }),
    hash: text({ max: 64, optional: true }),
  },
  allow: {},
  audit: false,
  index: [
    ['row', 'noun'],
    ['position', 'arrival'],
  ],
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
