// Under which name what the library does is recorded, and where the request for it came from.
import type { IncomingMessage } from 'node:http'
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
