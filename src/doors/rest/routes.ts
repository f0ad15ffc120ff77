// The REST door: for every operation a route that decodes the request, opens the call and answers.
import { Problem } from '../../base/pure/problem.ts'
import { isId } from '../../base/id.ts'
import type { Answer, Ask } from '../../call/call.ts'
import type { Caller } from '../../call/caller.ts'
import type { Keyed } from '../../call/keyed.ts'
import { isSafe, needsKey, type Operation, takesKey } from '../../define/operation.ts'
import type { DoorAnswer, DoorRequest, Route } from '../http/route.ts'
import { type Address, addressesOf } from './address.ts'
import { type BatchMeans, batchRoute } from './batch.ts'
import { type Identified, originOf, withHeaders } from './identified.ts'
import { noteReplay, readKey, refuseWithout } from './key.ts'
import { readQuery, type Takes, takesOf } from './query.ts'
import { respond } from './respond.ts'
import { readPreferences, readTags } from './tags.ts'

/** What the REST door needs of the house: who calls, and a way to call. */
export interface RestMeans extends BatchMeans {
  /** Who calls; counts the request against the caller's budget. Fails with unauthenticated or rate_limited. */
  identify(request: DoorRequest, cost: number): Promise<Identified> | Identified
  call(operation: Operation, ask: Ask, caller: Caller): Promise<Answer>
}

/** The routes of a model. */
export function restRoutes(means: RestMeans): Route[] {
  return [...addressesOf(means.model).map((address) => routeOf(address, means)), batchRoute(means)]
}

const patchTypes = ['application/merge-patch+json', 'application/json']
const bodyTypes = ['application/json']

function routeOf(address: Address, means: RestMeans): Route {
  const { operation, method, path, name } = address
  const { verb, action } = operation
  const consumes = verb === 'update' ? patchTypes : method === 'GET' || method === 'DELETE' ? undefined : bodyTypes
  const bodyBytes = action?.spec.bodyBytes
  const cacheable = isPublic(operation)
  return {
    method,
    path,
    name,
    ...(consumes && { consumes }),
    ...(bodyBytes !== undefined && { bodyBytes }),
    handle: (request) => handle(request, { address, takes: takesOf(operation), cacheable, means }),
  }
}

/** The same for every caller, so that a cache may keep it and ask whether it is still true. */
function isPublic({ verb, allow, noun }: Operation): boolean {
  const fields = [...noun.fields, ...noun.computed, ...noun.items]
  const guarded = noun.tenant !== undefined || fields.some((field) => field.read !== undefined)
  return (verb === 'list' || verb === 'read') && !guarded && allow.callers.some((rule) => rule.rule === 'anyone')
}

interface Handling {
  readonly address: Address
  readonly takes: Takes
  readonly cacheable: boolean
  readonly means: RestMeans
}

async function handle(request: DoorRequest, { address, takes, cacheable, means }: Handling): Promise<DoorAnswer> {
  const { operation } = address
  request.log['operation'] = address.name
  const { caller, headers } = await means.identify(request, 1)
  if (caller.id !== null) request.log['caller'] = caller.id
  try {
    const prefer = readPreferences(request.headers['prefer'])
    const { path, query } = request
    const write = (answer: Answer): DoorAnswer => respond(answer, { path, query, prefer, cacheable })
    const keyed = takesKey(operation) ? readKey(request, caller, write) : undefined
    if (needsKey(operation) && !prefer.dryRun) refuseWithout(keyed, 'This operation')
    const answer = await means.call(
      operation,
      decode(request, { address, takes, dryRun: prefer.dryRun, keyed }),
      caller,
    )
    const sent = write(answer)
    noteReplay(request, answer)
    return { ...sent, headers: { ...headers, ...sent.headers } }
  } catch (error) {
    throw withHeaders(error, headers)
  }
}

/** For reads: they end by the deadlines of the database, and to make a signal for each cost more than it was asked. */
const unheard = new AbortController().signal

interface Asked {
  readonly address: Address
  readonly takes: Takes
  readonly dryRun: boolean
  readonly keyed: Keyed | undefined
}

function decode(request: DoorRequest, { address, takes, dryRun, keyed }: Asked): Ask {
  const { operation, inverse } = address
  const { id } = request.params
  // Ids are UUIDs; another text is no row, and is never looked up.
  if (id !== undefined && !isId(id)) throw new Problem('not_found', `There is no such row in ${operation.noun.path}.`)
  const query = readQuery(request.query, takes)
  return {
    operation,
    id: inverse === undefined ? id : undefined,
    query: takes === 'none' ? undefined : query,
    body: request.body,
    ifMatch: readTags(request.headers['if-match'], 'If-Match', false),
    ifNoneMatch: readTags(request.headers['if-none-match'], 'If-None-Match', true),
    dryRun: dryRun && !isSafe(operation),
    narrowed: inverse === undefined || id === undefined ? undefined : { field: inverse.field, id },
    signal: operation.verb === 'read' || operation.verb === 'list' ? unheard : request.signal,
    origin: originOf(request),
    keyed: dryRun ? undefined : keyed, // what is undone is neither remembered nor answered from memory
  }
}
