// Accounts in an Express app of one's own: a middleware that answers their routes, and one that guards others.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '../../base/pure/problem.ts'
import type { Me } from '../../define/action.ts'
import type { CallerRule } from '../../define/rule.ts'
import type { Guard } from './guard.ts'

type Next = (error?: unknown) => void

/** Middleware of Express 5, and of whatever calls it alike; Express is no dependency. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void | Promise<void>

export interface ExpressAuth {
  /** `app.use(auth.express.routes)`, before any body parser: answers everything below `/api/v1/auth`. */
  readonly routes: Middleware
  /** Lets in whom the rule does, and sets `request.caller`. */
  readonly requires: (rule: CallerRule) => Middleware
  /** Who calls, behind `requires`. Fails with TypeError where no guard stood before. */
  readonly callerOf: (request: IncomingMessage) => Me
}

/** What Express adds to a request. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly ip?: string
  caller?: Me
}

export function expressAuth(guard: Guard): ExpressAuth {
  const callers = new WeakMap<IncomingMessage, Me>()
  const admit = async (rule: CallerRule, request: ExpressRequest, response: ServerResponse): Promise<boolean> => {
    const url = request.originalUrl ?? request.url ?? ''
    const address = request.ip ?? request.socket.remoteAddress ?? ''
    const me = await guard.admit({ request, response, address, url }, rule)
    if (me === undefined) return false
    callers.set(request, me)
    request.caller = me
    return true
  }
  return Object.freeze({
    routes: (request: ExpressRequest, response: ServerResponse, next: Next) => {
      if (!guard.isOurs(request.originalUrl ?? request.url ?? '')) return next()
      if (request.readableDidRead) return next(tooLate())
      guard.handle(request, response)
    },
    requires: (rule: CallerRule) => async (request: ExpressRequest, response: ServerResponse, next: Next) => {
      if (await admit(rule, request, response)) next()
    },
    callerOf: (request: IncomingMessage) => {
      const me = callers.get(request)
      if (me === undefined) throw new TypeError('callerOf: no requires(…) stood before this handler')
      return me
    },
  })
}

const tooLate = (): Problem =>
  new Problem('internal', 'app.use(auth.express.routes) comes before the body parsers: the body was read already.')
