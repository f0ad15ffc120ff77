// One request and its answer: the caller's token on it, JSON both ways, a refusal thrown.
import { ProblemError } from './problem_error.ts'
import { keepTag } from './tag.ts'

/** How requests are made; `globalThis.fetch` in a browser and in Node. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Connection {
  /** The bearer token, or where to get the present one; none for callers who are not signed in. */
  readonly token?: string | (() => string | Promise<string>)
  /** The organization to act for: its id. Who is in one alone may leave it out. */
  readonly tenant?: string
  readonly fetch?: Fetch
}

export interface Asked {
  readonly method: string
  /** Path and query, from the root of the server. */
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON; undefined where it is none. */
  readonly body: unknown
}

/** Sends and answers whatever comes back, refusals too. Fails only where no answer comes. */
export async function exchange(
  url: string,
  { token, tenant, fetch = globalThis.fetch }: Connection,
  asked: Asked,
): Promise<Answered> {
  const bearer = typeof token === 'function' ? await token() : token
  const { method, path, body, signal } = asked
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      Accept: 'application/json',
      ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
      ...(tenant !== undefined && { 'Plinth-Tenant': tenant }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...asked.headers,
    },
    ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: parsed(answer.headers, text) }
}

/** Sends, and answers the body. Fails with ProblemError where the answer is a refusal. */
export async function ask(url: string, connection: Connection, asked: Asked): Promise<unknown> {
  const { status, headers, body } = await exchange(url, connection, asked)
  if (status >= 400) throw new ProblemError(status, headers, body)
  keepTag(body, headers.get('ETag'))
  return body
}

function parsed(headers: Headers, text: string): unknown {
  if (text === '' || !/^application\/([a-z.-]+\+)?json\b/.test(headers.get('Content-Type') ?? '')) return undefined
  return JSON.parse(text)
}
