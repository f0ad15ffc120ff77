// Reads a request's body: the media type first, then the bytes under their limit, then JSON as readJson allows it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readJson } from '../../base/json.ts'
import { Problem } from '../../base/pure/problem.ts'
import type { Route } from './route.ts'
import { setReader } from './socket_state.ts'

/** The media type without parameters. Fails with unsupported_media_type unless the route takes it, plain, in UTF-8. */
export function checkMediaType(raw: IncomingMessage, route: Route): string {
  const { headers } = raw
  if (route.consumes === undefined) throw refused('This address takes no body.', route)
  const type = readType(headers['content-type'] ?? '')
  if (!route.consumes.includes(type.essence)) throw refused(`The body may be ${route.consumes.join(' or ')}.`, route)
  if (isJson(type.essence) && type.charset !== '' && type.charset !== 'utf-8') {
    throw refused('The charset of JSON is utf-8.', route)
  }
  const coding = headers['content-encoding']
  if (coding !== undefined && coding !== 'identity') {
    // RFC 9110 §12.5.3: this header in a 415 says that the coding, not the type, was the reason.
    throw refused('Send the body without a content coding.', route, { 'Accept-Encoding': 'identity' })
  }
  return type.essence
}

function refused(detail: string, route: Route, headers: Readonly<Record<string, string>> = {}): Problem {
  const patch = route.method === 'PATCH' && route.consumes !== undefined
  // RFC 5789 §2.2: a refused patch names the patch formats there are.
  const known = patch ? { 'Accept-Patch': route.consumes.join(', ') } : {}
  return new Problem('unsupported_media_type', detail, { headers: { ...known, ...headers } })
}

interface MediaType {
  readonly essence: string
  readonly charset: string
}

function readType(header: string): MediaType {
  const semicolon = header.indexOf(';')
  if (semicolon === -1) return { essence: header.trim().toLowerCase(), charset: '' }
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(header)
  return { essence: header.slice(0, semicolon).trim().toLowerCase(), charset: (charset?.[1] ?? '').toLowerCase() }
}

const isJson = (type: string): boolean => type === 'application/json' || type.endsWith('+json')

/** The body as the handler gets it: a JSON value, or the bytes of another type. Fails with malformed. */
export function parseBody(bytes: Uint8Array, type: string): unknown {
  return isJson(type) ? readJson(bytes) : bytes
}

export interface BodyReader {
  /** Called once with all bytes. */
  readonly done: (bytes: Uint8Array) => void
  /** Called once instead: too large, broken, too slow, or `undefined` when the client left in the middle. */
  readonly failed: (problem: Problem | undefined) => void
}

/** Collects the body in callbacks: one small chunk, the common case, is passed on without a copy or a promise. */
export function readBody(raw: IncomingMessage, response: ServerResponse, limit: number, reader: BodyReader): void {
  if (Number(raw.headers['content-length'] ?? 0) > limit) return reader.failed(tooLarge(limit))
  if (raw.headers.expect !== undefined) response.writeContinue()
  const chunks: Buffer[] = []
  let size = 0
  let over = false
  const finish = (call: () => void): void => {
    if (over) return
    over = true
    setReader(raw.socket, undefined)
    call()
  }
  setReader(raw.socket, (problem) => finish(() => reader.failed(problem)))
  raw.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > limit) finish(() => reader.failed(tooLarge(limit)))
    else if (!over) chunks.push(chunk)
  })
  raw.on('end', () => finish(() => reader.done(join(chunks, size))))
  raw.on('close', () => finish(() => reader.failed(undefined)))
}

function join(chunks: readonly Buffer[], size: number): Uint8Array {
  const only = chunks[0]
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size)
}

function tooLarge(limit: number): Problem {
  return new Problem('too_large', `The body may have ${limit} bytes.`)
}
