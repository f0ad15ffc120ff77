// Several operations in one transaction, each able to use what earlier ones answered: all of them happen, or none.
import { pageLimits } from '../../base/limits.ts'
import { isId } from '../../base/id.ts'
import { Problem } from '../../base/pure/problem.ts'
import { plainAsk } from '../../call/ask.ts'
import type { Answer, Ask } from '../../call/call.ts'
import type { Caller } from '../../call/caller.ts'
import type { BatchAsk, CallInside } from '../../call/together.ts'
import type { Model } from '../../define/model.ts'
import { isSafe, needsKey, type Operation, takesKey } from '../../define/operation.ts'
import type { DoorAnswer, DoorRequest, Route } from '../http/route.ts'
import { type Address, addressesOf, apiRoot } from './address.ts'
import { resolveReferences } from './batch_reference.ts'
import { type Identified, originOf, withHeaders } from './identified.ts'
import { noteReplay, readKey, refuseWithout } from './key.ts'
import { respond } from './respond.ts'
import { readPreferences, readTags } from './tags.ts'

export interface BatchMeans {
  readonly model: Model
  identify(request: DoorRequest, cost: number): Promise<Identified> | Identified
  /** Opens one transaction and calls in it, one after the other. Everything is undone when `work` throws. */
  together(ask: BatchAsk, caller: Caller, work: (call: CallInside) => Promise<Answer>): Promise<Answer>
}

/** One operation of a batch, as a client sends it. */
interface Item {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly ifMatch: string | undefined
}

/**
 * POST /api/v1/batch: `{"operations":[{"method","path","body","ifMatch"}]}` is answered with
 * `{"results":[{"status","headers","body"}]}`.
 */
export function batchRoute(means: BatchMeans): Route {
  const addresses = addressesOf(means.model).filter(({ operation }) => !isSafe(operation))
  return {
    method: 'POST',
    path: `${apiRoot}/batch`,
    name: 'batch',
    consumes: ['application/json'],
    handle: (request) => handle(request, addresses, means),
  }
}

async function handle(request: DoorRequest, addresses: readonly Address[], means: BatchMeans): Promise<DoorAnswer> {
  const items = readItems(request.body)
  const { caller, headers } = await means.identify(request, items.length)
  request.log['operation'] = 'batch'
  request.log['operations'] = items.length
  if (caller.id !== null) request.log['caller'] = caller.id
  try {
    return await answer(request, { items, addresses, means, caller, headers })
  } catch (error) {
    throw withHeaders(error, headers)
  }
}

interface Asked extends Identified {
  readonly items: readonly Item[]
  readonly addresses: readonly Address[]
  readonly means: BatchMeans
}

async function answer(request: DoorRequest, { items, addresses, means, caller, headers }: Asked): Promise<DoorAnswer> {
  const prefer = readPreferences(request.headers['prefer'])
  const { path, query, signal } = request
  const write = (answer: Answer): DoorAnswer => respond(answer, { path, query, prefer, cacheable: false })
  const keyed = readKey(request, caller, write)
  const { dryRun } = prefer
  const ask = { keyed: dryRun ? undefined : keyed, dryRun, signal }
  const answer = await means.together(ask, caller, async (call) => {
    const done: DoorAnswer[] = []
    for (const [at, item] of items.entries())
      done.push(await one(request, { at, item, done, addresses, call, caller, ask }))
    return { shape: 'value', value: { results: done.map(resultOf) } }
  })
  noteReplay(request, answer)
  const sent = write(answer)
  return { ...sent, headers: { ...headers, ...sent.headers } }
}

const resultOf = ({ status, headers, body }: DoorAnswer): object => ({ status, headers, body: parsed(body) })
const parsed = (text: DoorAnswer['body']): unknown => (typeof text === 'string' ? JSON.parse(text) : null)

function readItems(body: unknown): Item[] {
  const list = typeof body === 'object' && body !== null && 'operations' in body ? body.operations : undefined
  if (
    !Array.isArray(list) ||
    list.length === 0 ||
    list.length > pageLimits.batchOperations ||
    Object.keys(body ?? {}).length > 1
  ) {
    throw wrong('/operations', `1 to ${pageLimits.batchOperations} operations are needed, and nothing beside them.`)
  }
  return list.map((item: unknown, at) => readItem(item, `/operations/${at}`))
}

function readItem(item: unknown, pointer: string): Item {
  if (typeof item !== 'object' || item === null) throw wrong(pointer, 'An operation is an object.')
  const { method, path, body, ifMatch, ...rest } = item as Record<string, unknown> // every member is checked below
  if (typeof method !== 'string') throw wrong(`${pointer}/method`, 'A method such as "POST" is needed.')
  if (typeof path !== 'string') throw wrong(`${pointer}/path`, `A path such as "${apiRoot}/orders" is needed.`)
  if (ifMatch !== undefined && typeof ifMatch !== 'string')
    throw wrong(`${pointer}/ifMatch`, 'An entity tag is a text.')
  const extra = Object.keys(rest)[0]
  if (extra !== undefined) throw wrong(`${pointer}/${extra}`, 'There is no such member.', 'unknown')
  return { method, path, body, ifMatch }
}

function wrong(pointer: string, message: string, code: 'wrong_type' | 'unknown' = 'wrong_type'): Problem {
  return new Problem('invalid', 'The batch is not valid.', { errors: [{ pointer, code, message }] })
}

interface Place {
  readonly at: number
  readonly item: Item
  readonly done: readonly DoorAnswer[]
  readonly addresses: readonly Address[]
  readonly call: CallInside
  readonly caller: Caller
  readonly ask: BatchAsk
}

async function one(request: DoorRequest, { at, item, done, addresses, call, caller, ask }: Place): Promise<DoorAnswer> {
  const pointer = `/operations/${at}`
  const earlier = done.map(({ body }) => parsed(body))
  const path = resolveReferences(item.path, earlier, `${pointer}/path`)
  const body = resolveReferences(item.body, earlier, `${pointer}/body`)
  const found = addresses
    .map((address) => ({ address, id: matches(address, item.method, String(path)) }))
    .find(({ id }) => id !== undefined)
  if (found === undefined) throw wrong(`${pointer}/path`, 'No operation that writes has this method and path.')
  const { operation } = found.address
  checkKey(operation, ask, pointer)
  try {
    const answer = await call(operation, askOf(request, operation, { ...item, body }, found.id ?? ''), caller)
    const prefer = { minimal: false, dryRun: false, applied: '' }
    return respond(answer, { path: String(path), query: '', prefer, cacheable: false })
  } catch (error) {
    throw error instanceof Problem ? within(error, at) : error
  }
}

/** A batch has one key, for the whole: what needs one needs that, and what is never remembered must not be in it. */
function checkKey(operation: Operation, { keyed, dryRun }: BatchAsk, pointer: string): void {
  if (needsKey(operation) && !dryRun) refuseWithout(keyed, `A batch with ${operation.id}`)
  if (keyed !== undefined && !takesKey(operation))
    throw wrong(pointer, 'Its answer is never remembered: call it by itself, or without an Idempotency-Key.')
}

/** The same problem, said of the operation it belongs to. */
function within(problem: Problem, at: number): Problem {
  const errors = problem.errors ?? [{ pointer: '', code: 'bad_check' as const, message: problem.message }]
  const moved = errors.map((error) => ({ ...error, pointer: `/operations/${at}/body${error.pointer}` }))
  return new Problem(problem.kind, `Operation ${at}: ${problem.message}`, { errors: moved, cause: problem })
}

// The key is the batch's.
function askOf(request: DoorRequest, operation: Operation, item: Item, id: string): Ask {
  return plainAsk({
    operation,
    id: operation.scope === 'row' ? id : undefined,
    body: item.body,
    ifMatch: readTags(item.ifMatch, 'ifMatch', false),
    signal: request.signal,
    origin: originOf(request),
  })
}

/** The row's id where method and path are the address's ('' where it has none); undefined where they are not. */
function matches(address: Address, method: string, path: string): string | undefined {
  if (address.method !== method) return undefined
  const wanted = address.path.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  if (!wanted.every((part, at) => part === ':id' || part === given[at])) return undefined
  const id = given[wanted.indexOf(':id')]
  return address.operation.scope === 'collection' ? '' : id !== undefined && isId(id) ? id : undefined
}
