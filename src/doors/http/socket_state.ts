// What the door remembers of a connection: how many requests it carried, and whether it was cut off.
import { type Socket } from 'node:net'
import { type Duplex } from 'node:stream'
import { CLIENT_LEFT } from './access_log.ts'

const served = Symbol('requests served')
const cut = Symbol('status it was cut off with')

/** A property of the socket is found faster than an entry of a map, and goes with it. */
interface KnownSocket {
  [served]?: number
  [cut]?: number
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

/** Remembers that the server gave up on this connection, for the line of the request it was carrying. */
export function markCut(socket: Duplex & KnownSocket, status: number): void {
  socket[cut] = status
}

/** The status a connection was cut off with, else the one that says its client left. */
export function cutStatus(socket: Socket & KnownSocket): number {
  return socket[cut] ?? CLIENT_LEFT
}
