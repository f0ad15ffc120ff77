// One call, whatever the door: the steps before the transaction, those inside it, and the answer once it is durable.
import { Problem } from '../base/pure/problem.ts'
import { isSafe, type Operation } from '../define/operation.ts'
import type { Session, WriteOptions } from '../store/contract.ts'
import type { RowStore } from '../store/row_store.ts'
import type { Answer, Ask, Call, Step } from './call.ts'
import type { Caller } from './caller.ts'
import { belongings } from './derive.ts'
import { Duplicate } from './duplicate.ts'
import { type House, storeOf } from './house.ts'
import { isOnePage } from './list.ts'
import { outageOf } from './refusal.ts'
import { verbsOf } from './verbs.ts'
import { workOf } from './transact.ts'
import type { OpenWrite } from './work.ts'
import { write } from './write.ts'

/** An operation with its steps, compiled when the app starts. */
export interface Compiled {
  readonly operation: Operation
  readonly before: readonly Step[]
  readonly inside: readonly Step[]
  /** What is still done for a refusal, in a transaction of its own, before the caller hears of it. */
  readonly refused: readonly Step[]
  /** The same for who was not allowed to begin. */
  readonly denied: readonly Step[]
}

/** Walks the steps of one call. Fails with a Problem; whatever else is thrown is a fault of ours. */
export async function walk(house: House, compiled: Compiled, ask: Ask, caller: Caller): Promise<Answer> {
  const call = open(house, compiled.operation, ask, caller)
  try {
    for (const step of compiled.before) await step(call)
    if (isSafe(compiled.operation)) await look(call, compiled)
    else await change(call, compiled)
  } catch (error) {
    const problem = await settled(house, error)
    const rest = restOf(call, compiled, problem)
    if (rest.length === 0) throw problem
    await refuse(call, rest, problem)
  }
  return finish(call)
}

/** What is left to do for a definite no. An outage is none, and a fault of ours neither. */
function restOf({ ask, work }: Call, { operation, refused, denied }: Compiled, error: unknown): readonly Step[] {
  if (!(error instanceof Problem) || error.status >= 500 || isSafe(operation) || ask.dryRun) return []
  if (work !== undefined) return refused
  return error.code === 'forbidden' || error.code === 'unauthenticated' ? denied : []
}

// What the refused work did is undone by now. A twin of the call may have come meanwhile: its answer is this one's.
async function refuse(call: Call, rest: readonly Step[], problem: unknown): Promise<void> {
  try {
    const options: WriteOptions = { name: `${call.operation.id} refused`, isolation: 'locked', signal: call.ask.signal }
    await write(call.house, options, (open) => {
      begin(call, open)
      call.result = problem
      return steps(call, rest, open.session)
    })
  } catch (error) {
    throw await settled(call.house, error)
  }
}

/** Walks only the steps inside, in a transaction that is open already: an operation of a batch. */
export async function walkInside(
  house: House,
  compiled: Compiled,
  ask: Ask,
  caller: Caller,
  opened: OpenWrite,
): Promise<Answer> {
  const call = open(house, compiled.operation, ask, caller)
  for (const step of compiled.before) await step(call)
  await inside(call, compiled, opened)
  return finish(call)
}

/** Does what is still done for an operation of a batch that was refused: all of the batch is undone by then. */
export async function refuseOne(
  house: House,
  compiled: Compiled,
  { ask, caller }: Asked,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Problem) || error.status >= 500) return
  const isDenied = error.code === 'forbidden' || error.code === 'unauthenticated'
  const rest = isDenied ? compiled.denied : compiled.refused
  if (rest.length > 0) await refuse(open(house, compiled.operation, ask, caller), rest, error)
}

export interface Asked {
  readonly ask: Ask
  readonly caller: Caller
}

/** What is answered for a failure, now that its transaction is over. */
export async function settled(house: House, error: unknown): Promise<unknown> {
  return error instanceof Duplicate ? await error.settle(house) : (outageOf(error) ?? error)
}

function finish(call: Call): Answer {
  if (call.result instanceof Problem) throw call.result
  if (call.answer === undefined) throw new TypeError(`${call.operation.id}: the walk ended without an answer`)
  return call.answer
}

function open(house: House, operation: Operation, ask: Ask, caller: Caller): Call {
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
    isReplayed: false,
  }
}

const everything = Object.freeze({ fields: undefined, expand: undefined })
const nothing = Object.freeze({ rows: [] })

/** A read: one statement on its own where that is all it takes, else one snapshot for the whole tree. */
async function look(call: Call, compiled: Compiled): Promise<void> {
  const { engine } = call.house
  if (isOneStatement(call))
    await steps(call, compiled.inside, { all: (statement, values) => engine.query(statement, values) })
  else await engine.snapshot((session) => steps(call, compiled.inside, session))
}

function isOneStatement(call: Call): boolean {
  if (call.operation.verb === 'list') return isOnePage(call)
  return call.operation.verb === 'read' && call.rows.items.length === 0 && call.shown.expand === undefined
}

async function steps(call: Call, list: readonly Step[], session: Session): Promise<void> {
  call.session = session
  for (const step of list) {
    await step(call)
    if (call.isReplayed) return
  }
}

async function change(call: Call, compiled: Compiled): Promise<void> {
  const { ask, operation, house } = call
  const options: WriteOptions = {
    name: operation.id,
    isolation: operation.verb === 'act' ? (operation.action?.spec.isolation ?? 'serializable') : 'locked',
    signal: ask.signal,
    rollback: ask.dryRun,
  }
  await write(house, options, (open) => inside(call, compiled, open))
}

async function inside(call: Call, compiled: Compiled, opened: OpenWrite): Promise<void> {
  begin(call, opened)
  await steps(call, compiled.inside, opened.session)
}

function begin(call: Call, opened: OpenWrite): void {
  reset(call)
  const { house, now, caller, ask, operation } = call
  const deed = { operation: operation.id, caller, origin: ask.origin, on: { noun: operation.noun, row: ask.id } }
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
  call.isReplayed = false
}
