// Puts the house together: the model joined, the engine open, a store for each noun, the steps of each operation.
import type { Clock } from '../base/clock.ts'
import { createIds } from '../base/id.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Keyring } from '../base/seal.ts'
import type { Answer, Ask } from '../call/call.ts'
import type { Caller } from '../call/caller.ts'
import type { House, Services } from '../call/house.ts'
import { type BatchAsk, type CallInside, walkTogether } from '../call/together.ts'
import { type Compiled, walk } from '../call/walk.ts'
import type { Model } from '../define/model.ts'
import type { Operation } from '../define/operation.ts'
import { createRunning } from '../features/idempotency/index.ts'
import type { Engine } from '../store/contract.ts'
import { RowStore } from '../store/row_store.ts'
import { chain } from './chain.ts'
import { cursorSeal } from './cursor_seal.ts'
import { batchSteps, compile } from './pipeline.ts'

export interface HouseParts {
  readonly model: Model
  readonly engine: Engine
  readonly clock: Clock
  readonly random: Random
  readonly keys: Keyring
  readonly log: Log
  readonly services: Services
}

export interface OpenHouse {
  readonly house: House
  call(operation: Operation, ask: Ask, caller: Caller): Promise<Answer>
  /** Calls several operations in one transaction; what `work` answers is answered for all of them. */
  together(ask: BatchAsk, caller: Caller, work: (call: CallInside) => Promise<Answer>): Promise<Answer>
}

export function openHouse({ model, engine, clock, random, keys, log, services }: HouseParts): OpenHouse {
  const stores = new Map(
    [...model.nouns.values()].map((noun) => [noun.name, new RowStore(noun, model.nouns, engine.dialect)]),
  )
  const house: House = Object.freeze({
    model,
    engine,
    stores,
    clock,
    random,
    id: createIds(clock, random),
    keys,
    cursors: cursorSeal(keys),
    sealing: {
      seal: (purpose: string, text: string, about: string) => keys.seal(purpose, text, about),
      open: (purpose: string, sealed: string, about: string) => opened(keys, purpose, sealed, about),
    },
    log,
    services,
    chain,
  })
  const compiled = new Map(model.operations.map((operation) => [operation.id, compile(operation)]))
  const of = (operation: Operation): Compiled => {
    const found = compiled.get(operation.id)
    if (found === undefined) throw new TypeError(`"${operation.id}" is not an operation of this app`)
    return found
  }
  const steps = { ...batchSteps, of }
  const running = createRunning()
  return {
    house,
    call: (operation, ask, caller) => running.hold(ask.keyed, () => walk(house, of(operation), ask, caller)),
    together: (ask, caller, work) => running.hold(ask.keyed, () => walkTogether(house, steps, { ask, caller }, work)),
  }
}

function opened(keys: Keyring, purpose: string, sealed: string, about: string): string {
  const text = keys.open(purpose, sealed, about)
  if (text === undefined)
    throw new TypeError(`a sealed value at ${about} cannot be opened: it was moved, or PLINTH_SECRET changed`)
  return text
}
