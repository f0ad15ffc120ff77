// The typed client at work: a member of it becomes a resource, a method of that a request.
import type { App } from '../define/app.ts'
import type { Client } from './client.ts'
import { type Changing, headersOf } from './options.ts'
import { encodeQuery, type Page, type PlainQuery } from './query.ts'
import { ask, type Asked, type Connection } from './send.ts'

const apiRoot = '/api/v1'

/** Connects to a running app: `connect<typeof app>('https://shop.example', { token })`. Sends nothing yet. */
export function connect<A extends App>(url: string, connection: Connection = {}): Client<A> {
  const base = url.replace(/\/$/, '')
  const send: Send = (asked) => ask(base, connection, asked)
  const client = membersOnDemand((noun) => rowsOf(send, `${apiRoot}/${noun}`))
  return client as Client<A> // The members are made by name as they are asked for; their types are those of the app.
}

type Send = (asked: Asked) => Promise<unknown>
type Method = (...given: readonly unknown[]) => unknown

function membersOnDemand(make: (name: string) => unknown): object {
  const made = new Map<string, unknown>()
  const get = (_: object, name: string | symbol): unknown => {
    // `then` is asked of everything that is awaited; a member of this name would be called.
    if (typeof name === 'symbol' || name === 'then') return undefined
    if (!made.has(name)) made.set(name, make(name))
    return made.get(name)
  }
  return new Proxy({}, { get })
}

function rowsOf(send: Send, path: string): object {
  const generated = operationsOf(send, path)
  return membersOnDemand((name) => generated[name] ?? actionOf(send, path, name))
}

function operationsOf(send: Send, path: string): Readonly<Record<string, Method>> {
  // Whatever comes in here is what `Rows` has typed.
  const write = (method: string, at: string, body: unknown, given: unknown = {}, type?: string): Promise<unknown> => {
    const options = given as Changing
    return send({ method, path: at, body, headers: { ...headersOf(options), ...typed(type) }, signal: options.signal })
  }
  const read = (at: string, given: unknown = {}): Promise<unknown> => {
    const query = given as Asking // as above
    return send({ method: 'GET', path: `${at}${encodeQuery(query)}`, signal: query.signal })
  }
  return {
    list: (query) => read(path, query),
    each: (query) => eachRow((page) => read(path, page), query as Asking), // as above
    get: (id, query) => read(`${path}/${String(id)}`, query),
    history: (id, query) => read(`${path}/${String(id)}/history`, query),
    create: (data, options) => write('POST', path, data, options),
    update: (id, patch, options) => write('PATCH', `${path}/${String(id)}`, patch, options, mergePatch),
    replace: (id, data, options) => write('PUT', `${path}/${String(id)}`, data, options),
    delete: (id, options) => write('DELETE', `${path}/${String(id)}`, undefined, options),
  }
}

type Asking = PlainQuery & { readonly signal?: AbortSignal }

const mergePatch = 'application/merge-patch+json'
const typed = (type: string | undefined): Record<string, string> => (type === undefined ? {} : { 'Content-Type': type })

async function* eachRow(read: (query: Asking) => Promise<unknown>, query: Asking = {}): AsyncGenerator<unknown> {
  for (let after = query.after; ;) {
    const page = await read(after === undefined ? query : { ...query, after })
    const { data, next } = page as Page<unknown> // what every list of the surface answers
    yield* data
    if (next === null) return
    after = next
  }
}

// An action on a row begins with its id; one on the collection with its input, which is never a text.
function actionOf(send: Send, path: string, action: string): Method {
  return (...given) => {
    const onRow = typeof given[0] === 'string'
    const [input, options = {}] = (onRow ? given.slice(1) : given) as [unknown, Changing?] // as `Actions` types them
    const at = onRow ? `${path}/${String(given[0])}/${action}` : `${path}/${action}`
    return send({ method: 'POST', path: at, body: input, headers: headersOf(options), signal: options.signal })
  }
}
