// Who calls, and what every answer to them carries besides its own headers.
import { Problem } from '../../base/pure/problem.ts'
import type { Caller } from '../../call/caller.ts'
import type { Origin } from '../../call/deed.ts'
import type { DoorRequest } from '../http/route.ts'

export interface Identified {
  readonly caller: Caller
  /** Headers of every answer to this caller. */
  readonly headers: Readonly<Record<string, string>>
}

/** The caller's headers (its budget) are on refusals too. */
export function withHeaders(error: unknown, headers: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof Problem)) return error
  const { kind, message, errors, cause } = error
  return new Problem(kind, message, { ...(errors && { errors }), headers: { ...headers, ...error.headers }, cause })
}

/** Where the request came from, for the call's record. */
export const originOf = ({ requestId, address, headers }: DoorRequest): Origin => ({ requestId, address, headers })
