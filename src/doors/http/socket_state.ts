// What the door remembers of a connection: how many requests it carried, and whose body it is reading.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Problem } from '../../base/pure/problem.ts'

const served = Symbol('requests served')
const reading = Symbol('body being read')

/** A property of the socket is found faster than an entry of a map, and goes with it. */
interface KnownSocket {
  [served]?: number
  [reading]?: ((problem: Problem) => void) | undefined
}

export interface SocketCount {
  readonly most: number
}

/**
 * Counts a request; false for those pipelined behind the last one, which get no answer and may be sent again
 * elsewhere (RFC 9112 §9.3.2). Node's own `maxRequestsPerSocket` would answer them 503 past our headers.
 */
export function countRequest(count: SocketCount, socket: Socket & KnownSocket): boolean {
  const before = socket[served] ?? 0
  socket[served] = before + 1
  return before < count.most
}

/** Whether the connection has carried all the requests it may. */
export function isSpent(count: SocketCount, socket: Socket & KnownSocket): boolean {
  return (socket[served] ?? 0) >= count.most
}

/** While a body is being read, what breaks the connection is that request's failure and answered as such. */
export function setReader(socket: Socket & KnownSocket, fail: ((problem: Problem) => void) | undefined): void {
  socket[reading] = fail
}

/** Hands the failure to the request whose body was being read; false when there is none. */
export function failReader(socket: Duplex & KnownSocket, problem: Problem): boolean {
  const fail = socket[reading]
  fail?.(problem)
  return fail !== undefined
}
