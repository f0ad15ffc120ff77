// `Idempotency-Key`: what makes a request the same request, and how its answer is written down.
import { createHash } from 'node:crypto'
import { keyLimits } from '../../base/limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import type { Answer } from '../../call/call.ts'
import type { Caller } from '../../call/caller.ts'
import type { Keyed, Sent } from '../../call/keyed.ts'
import { problemAnswer } from '../http/problem_answer.ts'
import type { DoorAnswer, DoorRequest } from '../http/route.ts'

const header = 'idempotency-key'

/** Printable, without blanks: two headers of this name arrive joined by ", " and are two keys, so they are none. */
const form = new RegExp(`^[!-~]{1,${keyLimits.keyChars}}$`)

/** The key of a request; undefined where it has none. Fails with malformed. */
export function readKey(
  request: DoorRequest,
  caller: Caller,
  respond: (answer: Answer) => DoorAnswer,
): Keyed | undefined {
  const key = request.headers[header]
  if (key === undefined) return undefined
  if (!form.test(key)) {
    throw new Problem('malformed', `The header Idempotency-Key has 1 to ${keyLimits.keyChars} printable characters.`)
  }
  const fingerprint = digest([request.query, canonical(request.body)])
  const { id, tenant } = caller
  // Nobody in particular shares keys with everybody, so theirs is bound to what they ask for too.
  const who = id === null ? fingerprint : id
  return {
    key,
    hash: digest([who, tenant ?? '', request.method, request.path, key]),
    fingerprint,
    encode: (outcome) => sentOf(outcome instanceof Problem ? problemAnswer(outcome, request) : respond(outcome)),
  }
}

/** Refuses a request that needs a key and has none. */
export function refuseWithout(keyed: Keyed | undefined, what: string): void {
  if (keyed === undefined) throw new Problem('malformed', `${what} needs the header Idempotency-Key.`)
}

/** The line in the log says that nothing was done. */
export function noteReplay(request: DoorRequest, answer: Answer): void {
  if (answer.shape === 'sent' && answer.isReplayed) request.log['replayed'] = true
}

function sentOf({ status, headers, body, type }: DoorAnswer): Sent {
  if (body !== undefined && typeof body !== 'string') throw new TypeError('an answer that is remembered is text')
  return { status, headers, body, type }
}

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

/** JSON with the members of objects in the order of their names: what is the same value is the same text. */
function canonical(value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`
}
