// Ends a connection whose request body was not read, slowly enough that the caller still gets its answer.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HeaderList } from './headers.ts'
import type { DoorAnswer } from './route.ts'

/** A rest this small is thrown away by Node at once, and the connection lives on. */
const KEEP_BYTES = 64 * 1024

/** How long the rest of a refused body is read and dropped before the connection is cut. */
const LINGER_MS = 1_000

export interface Unread {
  readonly status: number
  readonly list: HeaderList
  readonly body: DoorAnswer['body']
}

/**
 * Closing a socket with bytes unread makes the kernel reset it, and a reset can overtake the answer on the caller's
 * side. So the whole answer goes out first, the rest of the body is dropped for a while, and only then we hang up.
 */
export function endWithBodyUnread(raw: IncomingMessage, response: ServerResponse, answer: Unread): void {
  const { status, list, body } = answer
  if (Number(raw.headers['content-length'] ?? Infinity) <= KEEP_BYTES) {
    response.writeHead(status, list)
    response.end(body)
    return
  }
  if (!list.includes('Connection')) list.push('Connection', 'close')
  response.writeHead(status, list)
  if (body === undefined) response.flushHeaders()
  else response.write(body)
  const timer = setTimeout(() => response.end(), LINGER_MS)
  raw.once('close', () => clearTimeout(timer))
  raw.once('end', () => response.end())
  raw.resume()
}
