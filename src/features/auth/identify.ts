// Who calls: the bearer token of a request, or nobody in particular. A bad token is refused, never ignored.
import { Problem } from '../../base/pure/problem.ts'
import type { Keyring } from '../../base/seal.ts'
import { anonymous, type Caller } from '../../call/caller.ts'
import type { House } from '../../call/house.ts'
import { type BrowserAsking, refuseCrossSite } from './browser/same_origin.ts'
import { presentedCookie } from './browser/session_cookie.ts'
import { type Claims, readToken } from './development_token.ts'
import { authOf } from './service.ts'
import type { Alive } from './session_memory.ts'
import { readSecret } from './token/secret.ts'
import type { AccessToken, Refusal } from './token/access_token.ts'

export interface IdentifyMeans {
  readonly house: House
  /** Undefined in production: development tokens have no key there. */
  readonly keys: Keyring | undefined
  /** Makes the caller's own row of the app's profile resource, if it is not there yet. */
  readonly ensureProfile: (id: string) => Promise<void>
  /** Who comes with a token that is no JWT: undefined for one that is not good. Without it there are no such tokens. */
  readonly byOpaque?: ((token: string, address: string) => Caller | undefined | Promise<Caller | undefined>) | undefined
}

/** Verified development tokens kept, whole token by whole token; beyond this the oldest is verified again. */
const kept = 10_000

interface Known {
  readonly caller: Caller
  readonly untilMs: number
}

/** Answers who calls. Fails with unauthenticated for a token that is malformed, not ours, or expired. */
export type Identify = (asking: IdentityAsked) => Caller | Promise<Caller>

/** What a request shows of who asks. */
export interface IdentityAsked extends BrowserAsking {
  readonly address: string
}

export function createIdentify(means: IdentifyMeans): Identify {
  const { house } = means
  const known = new Map<string, Known>()
  return (asking) => {
    const { headers, address } = asking
    const { authorization } = headers
    if (authorization === undefined)
      return headers['cookie'] === undefined ? anonymous(address) : byCookie(house, asking)
    const token = /^Bearer ([A-Za-z0-9_.-]{1,4096})$/i.exec(authorization)?.[1]
    if (token === undefined) throw refused('The Authorization header is not "Bearer <token>".')
    if (token.startsWith('plk_')) return orEnded(authOf(house).apiKeys.find(token, address))
    const found = known.get(token)
    if (found !== undefined && found.untilMs > house.clock.ms()) return found.caller
    const claims = means.keys && readToken(means.keys, token, house.clock.ms())
    if (claims !== undefined) return byClaims(means, known, token, claims)
    return means.byOpaque === undefined || token.includes('.')
      ? bySession(house, token)
      : orEnded(means.byOpaque(token, address))
  }
}

// A cookie that is none any more is nobody's: the browser keeps it until it is told, and must get to the sign-in.
function byCookie(house: House, asking: IdentityAsked): Caller | Promise<Caller> {
  const hash = readSecret('session', presentedCookie(house, asking.headers['cookie']))
  if (hash === undefined) return anonymous(asking.address)
  const known = (alive: Alive | undefined): Caller => {
    if (alive === undefined) return anonymous(asking.address)
    refuseCrossSite(house, asking)
    return alive.caller
  }
  const found = authOf(house).sessions.findByCookie(hash)
  return found instanceof Promise ? found.then(known) : known(found)
}

async function byClaims(means: IdentifyMeans, known: Map<string, Known>, token: string, claims: Claims) {
  if (claims.profile) await means.ensureProfile(claims.sub)
  const caller = callerOf(claims)
  if (known.size >= kept) known.delete(known.keys().next().value ?? '')
  known.set(token, { caller, untilMs: claims.exp * 1000 })
  return caller
}

const callerOf = ({ sub, roles, tenant }: Claims): Caller =>
  Object.freeze({ id: sub, tenant, roles: Object.freeze([...roles]), budget: `account ${sub}` })

function bySession(house: House, token: string): Caller | Promise<Caller> {
  const read = authOf(house).keys.verify(token)
  return read instanceof Promise ? read.then((one) => ofSession(house, one)) : ofSession(house, read)
}

// The token says which session; the session says who that is now, and with which roles.
function ofSession(house: House, token: AccessToken | Refusal): Caller | Promise<Caller> {
  if (typeof token === 'string') throw refused('The token is not valid here, or no longer.')
  const alive = authOf(house).sessions.find(token.session)
  return orEnded(alive instanceof Promise ? alive.then((one) => one?.caller) : alive?.caller)
}

function orEnded(found: Caller | undefined | Promise<Caller | undefined>): Caller | Promise<Caller> {
  return found instanceof Promise ? found.then((one) => one ?? ended()) : (found ?? ended())
}

function ended(): never {
  throw refused('The token is not valid here, or no longer.')
}

function refused(detail: string): Problem {
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } })
}
