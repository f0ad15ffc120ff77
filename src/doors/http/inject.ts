// Sends one request through the door without a socket, for tests and for the kit.
import type { FastifyInstance } from 'fastify'

export interface InjectedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Text and bytes go as they are; anything else as JSON, with its Content-Type unless one is given. */
  readonly body?: unknown
}

export interface InjectedAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly bytes: Uint8Array
  /** The body as JSON. Throws SyntaxError when it is none. */
  json(): unknown
}

/** Answers as a socket would, after the door's plugins have loaded. */
export async function injectRequest(app: FastifyInstance, request: InjectedRequest): Promise<InjectedAnswer> {
  const raw = request.body === undefined || typeof request.body === 'string' || request.body instanceof Uint8Array
  const typed = raw ? {} : { 'content-type': 'application/json' }
  const payload = raw ? request.body : JSON.stringify(request.body)
  const sent = {
    method: request.method,
    url: request.url,
    headers: { ...typed, ...request.headers },
    ...(payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : Buffer.from(payload) }),
  }
  const answer = await app.inject(sent)
  return {
    status: answer.statusCode,
    headers: textHeaders(answer.headers),
    text: answer.payload,
    bytes: answer.rawPayload,
    json: (): unknown => JSON.parse(answer.payload),
  }
}

function textHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}
