// One request of the door as the library below wants it, and what it answered as the door wants that.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { nodeHttp } from '../../base/node_http.ts'
import type { House } from '../../call/house.ts'
import { cameFrom, issuerOf } from '../../features/oauth/index.ts'
import type { DoorAnswer, DoorRequest } from '../http/route.ts'

/** A request and the answer to it, without a socket: limits, drain and headers stay the door's. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Resolves when the answer is whole. */
  readonly answer: Promise<DoorAnswer>
}

/** Makes the pair. */
export function exchangeOf(house: House, asked: DoorRequest): Exchange {
  const request = requestOf(new URL(issuerOf(house)), asked)
  const { promise, resolve } = Promise.withResolvers<DoorAnswer>()
  const response = new Kept(request, resolve)
  cameFrom(request, { requestId: asked.requestId, address: asked.address, headers: asked.headers })
  return { request, response, answer: promise }
}

function requestOf(issuer: URL, { method, path, query, headers, body }: DoorRequest): IncomingMessage {
  // The library sets cookies for https alone. That the way here was safe, PUBLIC_URL says, which the start has checked.
  const socket = Object.assign(new Socket(), { encrypted: true })
  const bytes = body instanceof Uint8Array ? body : new Uint8Array()
  const mounted = { baseUrl: issuer.pathname.replace(/\/$/, '') }
  const request = Object.assign(new nodeHttp.IncomingMessage(socket), mounted)
  request.method = method === 'HEAD' ? 'GET' : method
  request.url = query === '' ? path : `${path}?${query}`
  request.httpVersion = '1.1'
  // The door has read and joined these; how long the body was on its way says nothing any more.
  const { 'transfer-encoding': _coding, ...kept } = headers
  request.headers = { ...kept, host: issuer.host, ...(bytes.length > 0 && { 'content-length': String(bytes.length) }) }
  request.push(bytes)
  request.push(null)
  return request
}

/** A response that is kept instead of sent. */
class Kept extends nodeHttp.ServerResponse {
  readonly #done: (answer: DoorAnswer) => void
  readonly #chunks: Buffer[] = []

  constructor(request: IncomingMessage, done: (answer: DoorAnswer) => void) {
    super(request)
    this.#done = done
  }

  override write(chunk: unknown): boolean {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.#chunks.push(Buffer.from(chunk))
    return true
  }

  override end(chunk?: unknown): this {
    this.write(chunk)
    this.finished = true
    this.#done(answerOf(this, Buffer.concat(this.#chunks)))
    this.emit('finish')
    return this
  }
}

/** Headers that are the door's own to say, or those of its list of origins. */
const notTheirs = /^(?:content-type|content-length|set-cookie|connection|keep-alive|transfer-encoding|vary|access-.*)$/

function answerOf(response: ServerResponse, bytes: Buffer): DoorAnswer {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (value !== undefined && !notTheirs.test(name)) headers[named(name)] = String(value)
  }
  const cookies = [response.getHeader('set-cookie') ?? []].flat().map(String)
  const type = String(response.getHeader('content-type') ?? '')
  const isEmpty = bytes.length === 0
  return { status: response.statusCode, headers, cookies, body: isEmpty ? undefined : bytes, type: isEmpty ? '' : type }
}

/** `www-authenticate` as it is usually written. */
const named = (name: string): string =>
  name === 'www-authenticate' ? 'WWW-Authenticate' : name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase())
