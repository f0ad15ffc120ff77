// Who calls with an access token of ours: a person by an application, or a machine, and never more than the scopes say.
import { oauthLimits, sessionLimits } from '../../base/limits.ts'
import type { Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import type { Row } from '../../define/resource.ts'
import { rolesOf } from '../accounts/index.ts'
import { aliveGrant } from './alive.ts'
import { clientOf } from './clients.ts'
import { hashOf } from './hashes.ts'
import { lookFor } from './look.ts'
import { artifacts } from './nouns.ts'
import { identityScopes } from './scope_words.ts'

type Artifact = Row<typeof artifacts>

/** The caller behind a token; undefined for one that is not good here, or not any more. */
export type TokenCallers = (token: string) => Caller | undefined | Promise<Caller | undefined>

interface Remembered {
  readonly caller: Caller | undefined
  readonly untilMs: number
}

/** Has a token the form of those the OAuth server gives out? No JWT has, and no key with a prefix. */
export const isOauthToken = (token: string): boolean => /^[\w-]{43}$/.test(token)

/** Looks tokens up, and remembers them as sessions are: for a second, or until one of them is written. */
export function createTokenCallers(house: House): TokenCallers {
  const memory = { known: new Map<string, Remembered>() }
  house.engine.listen('sessions', () => {
    memory.known = new Map()
  })
  return (token) => {
    const { known } = memory
    const name = hashOf('AccessToken', token)
    const found = known.get(name)
    if (found !== undefined && found.untilMs > house.clock.ms()) return found.caller
    return look(house, known, token, name)
  }
}

async function look(
  house: House,
  known: Map<string, Remembered>,
  token: string,
  name: string,
): Promise<Caller | undefined> {
  const askedMs = house.clock.ms()
  const row =
    (await lookFor(house, artifacts, { hash: name })) ??
    (await lookFor(house, artifacts, { hash: hashOf('ClientCredentials', token) }))
  const isGood = row !== undefined && row.endsAt.getTime() > askedMs
  const caller = isGood ? await callerOf(house, row) : undefined
  if (known.size >= oauthLimits.remembered) known.delete(known.keys().next().value ?? '')
  const endsMs = isGood ? row.endsAt.getTime() : Number.POSITIVE_INFINITY
  known.set(name, { caller, untilMs: Math.min(endsMs, askedMs + sessionLimits.rememberedMs) })
  return caller
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
  const roles = Object.freeze(rolesOf(account.roles))
  return Object.freeze({ ...own, id: account.id, roles, session: session.id, budget: `account ${account.id}` })
}
