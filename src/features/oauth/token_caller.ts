// Who calls with an access token of ours: a person by an application, or a machine, and never more than the scopes say.
import { oauthLimits } from '../../base/identity_limits.ts'
import type { Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import type { Row } from '../../define/resource.ts'
import { createMemory } from '../auth/index.ts'
import { createThrottle } from '../limits/index.ts'
import { aliveGrant } from './alive.ts'
import { clientOf } from './clients.ts'
import { hashOf } from './hashes.ts'
import { rowBy } from '../../call/look_up.ts'
import { artifacts } from './nouns.ts'
import { isOfNow, type Times } from './of_now.ts'
import { identityScopes } from './scope_words.ts'

type Artifact = Row<typeof artifacts>

/** The caller behind a token; undefined for one that is not good here. Fails with rate_limited, see below. */
export type TokenCallers = (token: string, address: string) => Caller | undefined | Promise<Caller | undefined>

interface Known {
  readonly caller: Caller
  readonly times: Times
}

/** Has a token the form of those the OAuth server gives out? No JWT has, and no key with a prefix. */
const isOauthToken = (token: string): boolean => /^[\w-]{43}$/.test(token)

/**
 * Looks tokens up, and remembers them as sessions are. A network that brings many which were not good before is told to
 * wait: each of them costs a look into the database.
 */
export function createTokenCallers(house: House): TokenCallers {
  const { clock } = house
  const anonymousPerMinute = oauthLimits.unknownPerMinute
  const strangers = createThrottle({ perMinute: undefined, anonymousPerMinute, clock })
  const good = new Set<string>()
  const whoseOf = ({ caller }: Known): string | null => caller.id
  const recall = createMemory(house, whoseOf, (name, nowMs) => look(house, name, nowMs))
  const taken = (name: string, known: Known | undefined): Caller | undefined => {
    if (known === undefined || !isOfNow(known.times, clock.ms())) return undefined
    if (good.size >= oauthLimits.remembered) good.delete(good.keys().next().value ?? '')
    good.add(name)
    return known.caller
  }
  return (token, address) => {
    if (!isOauthToken(token)) return undefined
    const name = hashOf('AccessToken', token)
    if (!good.has(name)) strangers.take(`address ${address}`, false, 1)
    const known = recall(name)
    return known instanceof Promise ? known.then((one) => taken(name, one)) : taken(name, known)
  }
}

async function look(house: House, name: string, nowMs: number): Promise<Known | undefined> {
  const row = await rowBy(house, artifacts, { hash: name })
  if (row === undefined || !isOfNow(row, nowMs)) return undefined
  const caller = await callerOf(house, row)
  const { kind, createdAt, endsAt } = row
  return caller && { caller, times: { kind, createdAt, endsAt } }
}

interface Said {
  readonly clientId: string
  readonly scope?: string
}

async function callerOf(house: House, row: Artifact): Promise<Caller | undefined> {
  const { clientId, scope = '' } = JSON.parse(row.payload.reveal()) as Said // sealed by us for this row
  const client = await clientOf(house, clientId)
  if (client === undefined) return undefined
  // What an application may not ask for any more, its tokens are not for any more.
  const scopes = scope.split(' ').filter((one) => client.scopes.includes(one) && !identityScopes.includes(one))
  const own = { tenant: null, scopes: Object.freeze(scopes), key: `oauth ${clientId}` }
  if (row.grant === null) {
    const roles = Object.freeze([...client.roles])
    return Object.freeze({ ...own, id: client.actor, roles, budget: `client ${clientId}` })
  }
  const alive = await aliveGrant(house, { id: row.grant })
  if (alive === undefined) return undefined
  const { account, session } = alive
  const roles = account.roles
  return Object.freeze({ ...own, id: account.id, roles, session: session.id, budget: `account ${account.id}` })
}
