// A call from its opening to its answer: what it begins with, what each attempt at its transaction begins with anew.
import { Problem } from '../base/pure/problem.ts'
import type { Operation } from '../define/operation.ts'
import type { RowStore } from '../store/row_store.ts'
import type { Answer, Ask, Call } from './call.ts'
import type { Caller } from './caller.ts'
import { speakFor } from './call_session.ts'
import { belongings } from './derive.ts'
import { type House, storeOf } from './house.ts'
import { workOf } from './transact.ts'
import { verbsOf } from './verbs.ts'
import type { OpenWrite } from './work.ts'

/** Opens a call: nothing is known yet but what was asked, and by whom. */
export function openCall(house: House, operation: Operation, ask: Ask, caller: Caller): Call {
  return {
    ask,
    operation,
    rows: storeOf(house, operation.noun.name),
    house,
    caller,
    clock: house.clock,
    log: house.log,
    now: house.clock.now(),
    input: undefined,
    query: undefined,
    counted: false,
    shown: everything,
    prepared: undefined,
    session: undefined,
    tx: undefined,
    work: undefined,
    access: nothing,
    before: undefined,
    draft: undefined,
    found: [],
    next: null,
    count: undefined,
    exact: true,
    result: undefined,
    answer: undefined,
    isOver: false,
  }
}

const everything = Object.freeze({ fields: undefined, expand: undefined })
const nothing = Object.freeze({ rows: [] })

/** Begins an attempt at the call's transaction. */
export function begin(call: Call, opened: OpenWrite): void {
  reset(call)
  const { house, now, caller, ask, operation } = call
  const deed = { operation: operation.id, caller, origin: ask.origin, on: { noun: operation.noun, row: ask.id } }
  call.session = speakFor(caller, opened.session)
  call.work = { ...workOf(house, opened, deed), now, belongings: (rows) => givenBy(rows, caller) }
  call.tx = verbsOf(call.work)
}

// Server code may make rows that nobody owns; the rule that a caller needs a tenant is for callers' own rows.
function givenBy(rows: RowStore, caller: Caller): Readonly<Record<string, unknown>> {
  if (rows.noun.tenant !== undefined && caller.tenant === null) return {}
  return belongings(rows.noun, caller)
}

// The engine runs the work again after a serialization failure: nothing of the first try may be seen by the second.
function reset(call: Call): void {
  call.before = undefined
  call.draft = undefined
  call.found = []
  call.result = undefined
  call.answer = undefined
  call.isOver = false
}

/** Walks steps from first to last, or until one of them decides what is answered. */
export async function walkSteps<C extends { readonly isOver: boolean }>(
  call: C,
  steps: readonly ((call: C) => void | Promise<void>)[],
): Promise<void> {
  for (const step of steps) {
    // Most steps have nothing to wait for, and even that would be a turn of the queue each.
    const waited = step(call)
    if (waited !== undefined) await waited
    if (call.isOver) return
  }
}

/** What the walk came to. Fails with the Problem that is the outcome. */
export function finish({ result, answer }: Pick<Call, 'result' | 'answer'>, name: string): Answer {
  if (result instanceof Problem) throw result
  if (answer === undefined) throw new TypeError(`${name}: the walk ended without an answer`)
  return answer
}
