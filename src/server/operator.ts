// Calls operations from inside the process, as a named caller: what imports, seeds and the command line use.
import { plainAsk } from '../call/ask.ts'
import type { Answer, Ask, AskedQuery } from '../call/call.ts'
import type { Caller } from '../call/caller.ts'
import { fromInside, type Origin } from '../call/deed.ts'
import type { Model } from '../define/model.ts'
import { type Address, addressesOf } from '../doors/rest/address.ts'
import { readQuery, takesOf } from '../doors/rest/query.ts'
import type { Server } from './start.ts'

/** What is asked of an operation: wire values, as a client would send them. */
export interface Asking {
  readonly id?: string
  readonly body?: unknown
  /** A query string, for lists: `limit=100&sort=-name`. */
  readonly query?: string
}

/** Calls an operation by its id (`orders.import`). Fails as the operation does. */
export type Operator = (operation: string, asking?: Asking) => Promise<Answer>

/** An operator with roles, such as the one that imports an app's first data. */
export function operatorOf(server: Server, roles: readonly string[]): Operator {
  const caller: Caller = {
    id: '00000000-0000-0000-0000-000000000000',
    tenant: null,
    roles,
    spansTenants: true,
    budget: 'system',
  }
  const operations = callable(server.model)
  return (name, asking = {}) => {
    const address = operations(name)
    return server.house.call(address.operation, askOf(address, asking, fromInside), caller)
  }
}

/** Finds operations by name. Fails with TypeError for one the app does not have. */
export function callable(model: Model): (name: string) => Address {
  const addresses = new Map(addressesOf(model).map((address) => [address.name, address]))
  return (name) => {
    const address = addresses.get(name)
    if (address === undefined) throw new TypeError(`"${name}" is not an operation of this app`)
    return address
  }
}

/** What is asked, as a door would have decoded it. */
export function askOf({ operation }: Address, { id, body, query }: Asking, origin: Origin): Ask {
  const asked: AskedQuery | undefined =
    query === undefined && operation.verb !== 'list' ? undefined : readQuery(query ?? '', takesOf(operation))
  return plainAsk({ operation, id, query: asked, body, origin, signal: AbortSignal.timeout(600_000) })
}
