// Who calls: the bearer token of a request, or nobody in particular. A bad token is refused, never ignored.
import type { Clock } from '../../base/clock.ts'
import { Problem } from '../../base/pure/problem.ts'
import type { Keyring } from '../../base/seal.ts'
import { anonymous, type Caller } from '../../call/caller.ts'
import { type Claims, readToken } from './development_token.ts'

export interface IdentifyMeans {
  /** Undefined in production: development tokens have no key there. */
  readonly keys: Keyring | undefined
  readonly clock: Clock
  /** Makes the caller's own row of the app's profile resource, if it is not there yet. */
  readonly ensureProfile: (id: string) => Promise<void>
}

/** Verified tokens kept, whole token by whole token; beyond this the oldest is verified again. */
const kept = 10_000

interface Known {
  readonly caller: Caller
  readonly untilMs: number
}

/** Answers who calls. Fails with unauthenticated for a token that is malformed, not ours, or expired. */
export type Identify = (authorization: string | undefined, address: string) => Caller | Promise<Caller>

export function createIdentify(means: IdentifyMeans): Identify {
  const known = new Map<string, Known>()
  return (authorization, address) => {
    if (authorization === undefined) return anonymous(address)
    const token = /^Bearer ([A-Za-z0-9_.-]{1,4096})$/i.exec(authorization)?.[1]
    if (token === undefined) throw refused('The Authorization header is not "Bearer <token>".')
    const found = known.get(token)
    if (found !== undefined && found.untilMs > means.clock.ms()) return found.caller
    return verify(means, known, token)
  }
}

async function verify(means: IdentifyMeans, known: Map<string, Known>, token: string): Promise<Caller> {
  const claims = means.keys && readToken(means.keys, token, means.clock.ms())
  if (claims === undefined) throw refused('The token is not valid here, or no longer.')
  if (claims.profile) await means.ensureProfile(claims.sub)
  const caller = callerOf(claims)
  if (known.size >= kept) known.delete(known.keys().next().value ?? '')
  known.set(token, { caller, untilMs: claims.exp * 1000 })
  return caller
}

const callerOf = ({ sub, roles, tenant }: Claims): Caller =>
  Object.freeze({ id: sub, tenant, roles: Object.freeze([...roles]), budget: `account ${sub}` })

function refused(detail: string): Problem {
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } })
}
