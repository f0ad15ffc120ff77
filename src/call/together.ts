// A batch: one call to its key, whose operations each walk the steps inside, all in one transaction.
import type { Operation } from '../define/operation.ts'
import type { WriteOptions } from '../store/contract.ts'
import type { Answer, Ask, Call } from './call.ts'
import type { Caller } from './caller.ts'
import type { House } from './house.ts'
import type { Once, OnceStep } from './keyed.ts'
import { begin, finish, openCall, walkSteps } from './open_call.ts'
import { isDefinite, settled, whenRefused } from './refuse.ts'
import type { Compiled } from './walk.ts'
import type { OpenWrite } from './work.ts'
import { write } from './write.ts'

/** Calls one operation of the batch. Fails as the operation does; then nothing of the batch is kept. */
export type CallInside = (operation: Operation, ask: Ask, caller: Caller) => Promise<Answer>

/** What is asked of the batch as a whole. */
export type BatchAsk = Pick<Ask, 'keyed' | 'dryRun' | 'signal'>

/** The steps around the operations, and those of each. */
export interface BatchSteps {
  readonly opening: readonly OnceStep[]
  readonly closing: readonly OnceStep[]
  readonly of: (operation: Operation) => Compiled
}

interface Batch extends Once {
  readonly ask: BatchAsk
  work: OpenWrite | undefined
  /** The operation that runs, or failed. */
  current: { readonly call: Call; readonly compiled: Compiled } | undefined
}

const name = 'batch'

/** Runs `work` in one transaction; what it answers is the batch's answer. Fails as an operation of it does. */
export async function walkTogether(
  house: House,
  steps: BatchSteps,
  { ask, caller }: { readonly ask: BatchAsk; readonly caller: Caller },
  work: (call: CallInside) => Promise<Answer>,
): Promise<Answer> {
  const batch = openBatch(house, ask, caller)
  const options: WriteOptions = { name, isolation: 'serializable', signal: ask.signal, rollback: ask.dryRun }
  try {
    await write(house, options, async (opened) => {
      beginBatch(batch, opened)
      await walkSteps(batch, steps.opening)
      if (batch.isOver) return
      batch.answer = await work((...called) => callInside(batch, steps, opened, called))
      await walkSteps(batch, steps.closing)
    })
  } catch (error) {
    await refuse(batch, steps, await settled(house, error))
  }
  return finish(batch, name)
}

function openBatch(house: House, ask: BatchAsk, caller: Caller): Batch {
  const now = house.clock.now()
  const nothing = { work: undefined, current: undefined, result: undefined, answer: undefined }
  return { ask, house, caller, now, ...nothing, isOver: false }
}

function beginBatch(batch: Batch, opened: OpenWrite): void {
  batch.work = opened
  batch.current = undefined
  batch.result = undefined
  batch.answer = undefined
  batch.isOver = false
}

async function callInside(
  batch: Batch,
  { of }: BatchSteps,
  opened: OpenWrite,
  [operation, ask, caller]: Parameters<CallInside>,
): Promise<Answer> {
  const compiled = of(operation)
  const call = openCall(batch.house, operation, ask, caller)
  batch.current = { call, compiled }
  await walkSteps(call, compiled.before)
  begin(call, opened)
  await walkSteps(call, compiled.inside)
  const answer = finish(call, operation.id)
  batch.current = undefined
  return answer
}

// The operation that failed is recorded as it is by itself; what is remembered is the answer to the whole.
async function refuse(batch: Batch, { opening, closing }: BatchSteps, problem: unknown): Promise<void> {
  const { house, ask } = batch
  if (!isDefinite(problem) || ask.dryRun) throw problem
  const failed = batch.current
  await whenRefused(house, { name, signal: ask.signal }, async (opened) => {
    beginBatch(batch, opened)
    batch.result = problem
    await walkSteps(batch, opening)
    if (batch.isOver) return
    if (failed !== undefined) await recordRefusal(failed, opened, problem)
    await walkSteps(batch, closing)
  })
}

async function recordRefusal(
  { call, compiled }: NonNullable<Batch['current']>,
  opened: OpenWrite,
  problem: unknown,
): Promise<void> {
  begin(call, opened)
  call.result = problem
  await walkSteps(call, compiled.refused)
}
