// One call, whatever the door: the steps before the transaction, those inside it, and the answer once it is durable.
import { isSafe, type Operation } from '../define/operation.ts'
import type { WriteOptions } from '../store/contract.ts'
import type { Answer, Ask, Call, Step } from './call.ts'
import type { Caller } from './caller.ts'
import { speakFor } from './call_session.ts'
import type { House } from './house.ts'
import { isOnePage } from './list.ts'
import { begin, finish, openCall, walkSteps } from './open_call.ts'
import { isDefinite, settled, whenRefused } from './refuse.ts'
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
  const call = openCall(house, compiled.operation, ask, caller)
  try {
    await walkSteps(call, compiled.before)
    if (isSafe(compiled.operation)) await look(call, compiled)
    else await change(call, compiled)
  } catch (error) {
    await refuse(call, compiled, await settled(house, error))
  }
  return finish(call, compiled.operation.id)
}

/** A read: one statement on its own where that is all it takes, else one snapshot for the whole tree. */
async function look(call: Call, { inside }: Compiled): Promise<void> {
  const { engine } = call.house
  if (isOneStatement(call)) {
    call.session = speakFor(call.caller, { all: (statement, values, as) => engine.query(statement, values, as) })
    return walkSteps(call, inside)
  }
  await engine.snapshot((session) => {
    call.session = speakFor(call.caller, session)
    return walkSteps(call, inside)
  })
}

function isOneStatement(call: Call): boolean {
  if (call.operation.verb === 'list') return isOnePage(call)
  return call.operation.verb === 'read' && call.rows.items.length === 0 && call.shown.expand === undefined
}

async function change(call: Call, { inside }: Compiled): Promise<void> {
  const { ask, operation, house } = call
  const options: WriteOptions = {
    name: operation.id,
    isolation: operation.verb === 'act' ? (operation.action?.spec.isolation ?? 'serializable') : 'locked',
    signal: ask.signal,
    rollback: ask.dryRun,
  }
  await write(house, options, (opened) => {
    begin(call, opened)
    return walkSteps(call, inside)
  })
}

async function refuse(call: Call, compiled: Compiled, problem: unknown): Promise<void> {
  const rest = restOf(call, compiled, problem)
  if (rest.length === 0) throw problem
  const { house, operation, ask } = call
  await whenRefused(house, { name: operation.id, signal: ask.signal }, (opened) => {
    begin(call, opened)
    call.result = problem
    return walkSteps(call, rest)
  })
}

function restOf({ ask, work }: Call, { operation, refused, denied }: Compiled, error: unknown): readonly Step[] {
  if (!isDefinite(error) || isSafe(operation) || ask.dryRun) return []
  if (work !== undefined) return refused
  return error.code === 'forbidden' || error.code === 'unauthenticated' ? denied : []
}
