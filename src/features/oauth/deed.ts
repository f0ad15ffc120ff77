// Under which name what the library does is recorded, and where the request for it came from.
import type { IncomingMessage } from 'node:http'
import type { Problem } from '../../base/pure/problem.ts'
import { noOne } from '../../call/caller.ts'
import { type Deed, fromInside, type Origin } from '../../call/deed.ts'

const origins = new WeakMap<IncomingMessage, Origin>()

/** Says where a request came from, for all that is done while it is answered. */
export function cameFrom(request: IncomingMessage, origin: Origin): void {
  origins.set(request, origin)
}

/** The deed of one step of a request. */
export const deedOf = (step: string, request: IncomingMessage | undefined): Deed => ({
  operation: `oauth.${step}`,
  caller: noOne,
  origin: (request && origins.get(request)) ?? fromInside,
})

const failures = new WeakMap<IncomingMessage, Problem>()

/** Keeps why a request could not be served: the database was too busy, say. */
export function noteFailure(request: IncomingMessage | undefined, problem: Problem): void {
  if (request !== undefined) failures.set(request, problem)
}

/** Why a request could not be served; undefined where it could. */
export const failureOf = (request: IncomingMessage): Problem | undefined => failures.get(request)
