// One caller of an app under test: the typed client, and raw requests beside it.
import type { App } from '../define/app.ts'
import { type Answered, type Client, connect } from '../client/index.ts'
import { exchange } from '../client/send.ts'
import type { CheckedDoor } from './checked_door.ts'

export type { Answered } from '../client/index.ts'

export interface CallerOptions {
  /** Who it is: an id made before, so that two callers are the same person. */
  readonly id?: string
  /** The organization it acts for. */
  readonly tenant?: string | null
}

export interface RawRequest {
  /** A text or bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A resource's name gives its typed operations: `staff.products.create(…)`. */
export type TestCaller<A> = Client<A> & {
  /** Id of the caller and of its own row, where it has one; '' for nobody in particular. */
  readonly id: string
  /** The bearer token; '' for nobody in particular. */
  readonly token: string
  /** Any request at all, answered with whatever comes back: what the typed client cannot say. */
  request(method: string, path: string, request?: RawRequest): Promise<Answered>
}

interface Identity {
  readonly id: string
  readonly token: string
}

/** No resource of an app under test may have these names, or a caller could not reach it. */
export const taken: readonly string[] = ['id', 'token', 'request']

/** The caller of a token; '' for nobody in particular. */
export function callerOf<A extends App>(door: CheckedDoor, { id, token }: Identity): TestCaller<A> {
  const connection = { fetch: door.fetch, ...(token !== '' && { token }) }
  const own = {
    id,
    token,
    request: (method: string, path: string, request: RawRequest = {}) =>
      exchange(door.origin, connection, { method, path, ...request }),
  }
  const client = connect<A>(door.origin, connection)
  const get = (_: object, name: string | symbol): unknown =>
    Reflect.get(taken.includes(String(name)) ? own : client, name)
  return new Proxy(own, { get }) as TestCaller<A> // a member is the caller's own or the client's, and both are typed
}
