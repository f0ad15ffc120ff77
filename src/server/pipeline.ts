// The table of steps: every call, through whatever door, walks these from top to bottom. Later columns: who has them.
import { type Operation, type OperationVerb, takesKey } from '../define/operation.ts'
import type { Step } from '../call/call.ts'
import { checkChange, checkOf } from '../call/check.ts'
import { confirm } from '../call/confirm.ts'
import { derive } from '../call/derive.ts'
import { load } from '../call/load.ts'
import { performOf } from '../call/perform.ts'
import { permit } from '../call/permit.ts'
import { prepare } from '../call/prepare.ts'
import { presentOf } from '../call/present.ts'
import { record } from '../call/record.ts'
import { checkInputReferences } from '../call/references.ts'
import type { OnceStep } from '../call/keyed.ts'
import type { BatchSteps } from '../call/together.ts'
import type { Compiled } from '../call/walk.ts'
import { readHistory } from '../features/audit/index.ts'
import { remember, replay } from '../features/idempotency/index.ts'

type Make = (operation: Operation) => Step | undefined
type Line = readonly [Make, string]

const same =
  (step: Step): Make =>
  () =>
    step

/** A step of a key: those whose answers are never remembered do not have it. */
const keyed =
  (step: OnceStep): Make =>
  (operation) =>
    takesKey(operation) ? step : undefined

// L list · R read · H history · C create · U update · P replace (PUT) · D delete · A act. `identify` and `throttle`
// come before, at the door, because they need no operation to be known.
// prettier-ignore
const before: readonly Line[] = [
  [same(permit),  'LRHCUPDA'], // the rules of `allow`, as a filter where they can be
  [checkOf,       'LRHC PDA'], // is the input of the declared shape
  [same(prepare), '       A'], // what must wait: hashing, a foreign answer; no `tx` here
]
// — BEGIN (a snapshot for L, R and H) —
// prettier-ignore
const inside: readonly Line[] = [
  [keyed(replay), '   CUPDA'], // asked before? then its answer is said again, and this is over
  [same(load),    ' RH UPDA'], // the row under the read rule: none 404, not allowed 403
  [checkChange,   '    UP  '], // who may set which field of this row; a patch against what it goes into
  [same(derive),  '   CUP  '], // owner, tenant and the fields the server computes
  [same(checkInputReferences), 'A'], // what an action's input refers to is there, for this caller
  [same(confirm), '   CUP  '], // the rule again, of the row as it will be written
  [performStep,   'LRHCUPDA'], // the query, the write, or the action's own code
  [same(record),  '   CUPDA'], // who did what, every row before and after
  [presentOf,     'LR CUPDA'], // hide what is private, expand references
  [keyed(remember), ' CUPDA'], // the answer exactly as it is sent, sealed
]
// — COMMIT, durable, and only then the answer —

// A thrown Problem undoes all of the above. What is still done then, in a transaction of its own, before it is told:
// prettier-ignore
const refused: readonly Line[] = [
  [keyed(replay), '   CUPDA'], // a twin may have come meanwhile: its outcome is this one's
  [same(record),  '   CUPDA'], // who was refused what
  [keyed(remember), ' CUPDA'], // a no is remembered too, or a late twin would act after it
]
// prettier-ignore
const denied: readonly Line[] = [
  [same(record),  '   CUPDA'], // who may not do this at all
]

// A batch is one call to its key. Between these its operations walk the steps inside, each by itself and without a key.
/** The steps around the operations of a batch. */
export const batchSteps: Omit<BatchSteps, 'of'> = Object.freeze({ opening: [replay], closing: [remember] })

const letters: { readonly [V in OperationVerb]: string } = {
  list: 'L',
  read: 'R',
  create: 'C',
  update: 'U',
  replace: 'P',
  delete: 'D',
  act: 'A',
  history: 'H',
}

/** The steps of one operation as flat arrays: no lookup is left for the call. */
export function compile(operation: Operation): Compiled {
  const of = (lines: readonly Line[]): Step[] =>
    lines
      .filter(([, verbs]) => verbs.includes(letters[operation.verb]))
      .map(([make]) => make(operation))
      .filter((step) => step !== undefined)
  return Object.freeze({ operation, before: of(before), inside: of(inside), refused: of(refused), denied: of(denied) })
}

function performStep(operation: Operation): Step {
  return operation.verb === 'history' ? readHistory : performOf(operation.verb)
}
