// Custom routes: plain Fastify plugins beside the generated API, each request able to open a call as its own caller.
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Problem } from '../base/pure/problem.ts'
import type { Answer } from '../call/call.ts'
import { type Caller, meOf } from '../call/caller.ts'
import type { Deed, Origin } from '../call/deed.ts'
import { isUnbound } from '../call/scopes.ts'
import { transact } from '../call/transact.ts'
import type { Me } from '../define/action.ts'
import type { Tx } from '../define/tx.ts'
import type { CustomRoutes } from '../doors/http/plugin_scope.ts'
import type { IdentityAsked } from '../features/auth/index.ts'
import type { OpenHouse } from './house.ts'
import { askOf, type Asking, callable } from './operator.ts'

/** What a custom route may do in the name of its caller. */
export interface OpenCall {
  readonly me: Me
  /** Calls an operation by its id, under its rules. Fails as the operation does. */
  call(operation: string, asking?: Asking): Promise<Answer>
  /** Opens a transaction of the route's own: no rule is asked. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Says who calls, and opens calls in their name. Fails with unauthenticated for a bad token, or rate_limited. */
    plinth(): Promise<OpenCall>
  }
}

export interface CustomMeans {
  readonly house: OpenHouse
  readonly identify: (asking: IdentityAsked) => Promise<Caller>
}

/** The app's custom routes, each with `request.plinth()`. */
export function customRoutes(routes: Readonly<Record<string, FastifyPluginAsync>>, means: CustomMeans): CustomRoutes[] {
  return Object.entries(routes).map(([prefix, plugin]) => ({
    prefix,
    plugin: async (scope: FastifyInstance) => {
      scope.decorateRequest('plinth', function (this: FastifyRequest) {
        return openCall(means, this)
      })
      await scope.register(plugin)
    },
  }))
}

async function openCall({ house, identify }: CustomMeans, request: FastifyRequest): Promise<OpenCall> {
  const caller = await identify({
    method: request.method,
    headers: single(request.headers),
    contentType: typeOf(request),
    address: request.ip,
  })
  const operations = callable(house.house.model)
  return {
    me: meOf(caller),
    call: (name, asking = {}) => {
      const address = operations(name)
      return house.call(address.operation, askOf(address, asking, originOf(request)), caller)
    },
    transaction: async (work) => {
      // No operation is named here, so no scope of a key is.
      if (!isUnbound(caller))
        throw new Problem('forbidden', 'This token is not for this: it needs the scopes read and write.')
      return transact(house.house, deedOf(caller, request), { signal: request.signal }, work)
    },
  }
}

const originOf = ({ id, ip, headers }: FastifyRequest): Origin => ({
  requestId: id,
  address: ip,
  headers: single(headers),
})

// As Fastify read it to choose the parser; what it could not read has no parser, and came to nobody.
const typeOf = (request: FastifyRequest): string =>
  request.body === undefined ? '' : (request.mediaType ?? '').toLowerCase()

// Node keeps only Set-Cookie as a list, which no client sends.
export const single = (headers: FastifyRequest['headers']): Origin['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )

function deedOf(caller: Caller, request: FastifyRequest): Deed {
  return { operation: `${request.method} ${request.routeOptions.url ?? ''}`, caller, origin: originOf(request) }
}
