// Answers what never becomes a request: broken HTTP, time-outs while reading, CONNECT, foreign expectations.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Log } from '../../base/log.ts'
import { Problem } from '../../base/pure/problem.ts'
import { type HeaderSheet, layHeaders } from './headers.ts'
import { rawProblem } from './problem_answer.ts'
import { failReader } from './socket_state.ts'

export interface RefusalMeans {
  readonly sheet: HeaderSheet
  readonly log: Log
  readonly newId: () => string
  readonly now: () => Date
}

/** How long the caller may take to read the refusal and hang up. */
const LINGER_MS = 1_000

/** Hangs the refusals on the server; `serve` takes a request that expects a 100, which the body reader will say. */
export function refuseRaw(
  server: Server,
  means: RefusalMeans,
  serve: (raw: IncomingMessage, response: ServerResponse) => void,
): void {
  server.on('connect', (raw: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    const none = new Problem('method_not_allowed', 'This server is no proxy.', { headers: { Allow: '' } })
    refuse(means, socket, none, raw.url ?? '')
  })
  server.on('checkContinue', serve)
  server.on('checkExpectation', (raw: IncomingMessage) => {
    const problem = new Problem('expectation_failed', 'The only expectation this server knows is 100-continue.')
    refuse(means, raw.socket, problem, pathOf(raw))
  })
}

interface ParserError extends Error {
  readonly code?: string
}

/** For `clientError`: what Node's parser refused, or what did not arrive in time. */
export function refuseBroken(means: RefusalMeans, error: ParserError, socket: Duplex): void {
  if (socket.writableEnded) return // Already refused; what still arrives is dropped until the timer ends it.
  const problem = problemOf(error)
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
  else if (!failReader(socket, problem) && !hasBegun(socket)) refuse(means, socket, problem, '')
  // A response that has begun cannot be followed by another one: what is written of it goes out, and that is the end.
  else if (hasBegun(socket)) hangUp(socket)
}

function problemOf(error: ParserError): Problem {
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return new Problem('headers_too_large', 'The headers are too large or too many.')
  if (error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return new Problem('too_large', 'The chunk extensions are too large.')
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('timeout', 'The request did not arrive in time.')
  return new Problem('malformed', 'This is not valid HTTP.')
}

/** Node keeps the response being sent on the socket; it is how its own default handler asks the same question. */
function hasBegun(socket: Duplex & { _httpMessage?: { headersSent?: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent === true
}

interface Peer {
  readonly remoteAddress?: string | undefined
}

function refuse(means: RefusalMeans, socket: Duplex & Peer, problem: Problem, path: string): void {
  const requestId = means.newId()
  const headers = layHeaders(means.sheet, requestId, { ...problem.headers, Date: means.now().toUTCString() })
  hangUp(socket, rawProblem(problem, { path, requestId }, headers))
  const { status, code } = problem.kind
  means.log.info({ requestId, path, status, code, address: socket.remoteAddress ?? '' }, 'request refused')
}

function hangUp(socket: Duplex, last?: string): void {
  socket.end(last)
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
}

function pathOf(raw: IncomingMessage): string {
  const url = raw.url ?? ''
  const mark = url.indexOf('?')
  return mark === -1 ? url : url.slice(0, mark)
}
