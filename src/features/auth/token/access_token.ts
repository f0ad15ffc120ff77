// Access tokens: JWTs (RFC 9068, `at+jwt`) that we alone sign, of which every claim has one form.
import { readJson } from '../../../base/json.ts'
import { tokenLimits } from '../../../base/identity_limits.ts'
import { Problem } from '../../../base/pure/problem.ts'
import type { Random } from '../../../base/random.ts'
import { algorithms } from './algorithms.ts'
import type { SigningKey } from './signing_key.ts'

/** Who issues tokens and for whom: one string each, compared as it is. */
export interface Party {
  readonly issuer: string
  readonly audience: string
}

/** What a token says. Roles are not in it: they may change while it lives, so the session is asked for them. */
export interface AccessToken {
  /** The account (`sub`). */
  readonly subject: string
  /** The session it belongs to (`sid`); when that ends, so does the token. */
  readonly session: string
  /** The application that asked for it (`client_id`). */
  readonly client: string
  readonly scopes: readonly string[]
  /** When the person last proved who they are (`auth_time`), in milliseconds since 1970. */
  readonly authenticatedMs: number
  /** How (`amr`, RFC 8176): `pwd`, `otp`, `hwk` … */
  readonly methods: readonly string[]
  readonly issuedMs: number
  readonly expiresMs: number
}

/** What is asked for when a token is made; the rest follows. */
export type Grant = Omit<AccessToken, 'issuedMs' | 'expiresMs'>

/** Why a token is not taken. Callers hear `expired`; the rest is for the log. */
export type Refusal = 'malformed' | 'unknown_key' | 'bad_signature' | 'bad_claims' | 'too_early' | 'expired'

const claimLimits = Object.freeze({ depth: 2, keysPerObject: 20, nodes: 100 })

/** The one header that tokens of a key have. No other spelling of it is read, so none of its members is trusted. */
export function headerOf({ algorithm, kid }: SigningKey): string {
  return encode(JSON.stringify({ alg: algorithm, typ: 'at+jwt', kid }))
}

/** Signs a token that lives `lifeMs` (default 10 minutes), in whole seconds. */
export function signAccessToken(
  key: SigningKey,
  party: Party,
  grant: Grant,
  { nowMs, random, lifeMs = tokenLimits.accessMs }: { nowMs: number; random: Random; lifeMs?: number },
): string {
  const issued = Math.floor(nowMs / 1000)
  const claims = {
    iss: party.issuer,
    aud: party.audience,
    sub: grant.subject,
    sid: grant.session,
    client_id: grant.client,
    scope: grant.scopes.join(' '),
    auth_time: Math.floor(grant.authenticatedMs / 1000),
    amr: grant.methods,
    iat: issued,
    exp: issued + Math.floor(Math.min(lifeMs, tokenLimits.longestAccessMs) / 1000),
    jti: Buffer.from(random.bytes(16)).toString('base64url'),
  }
  const body = `${headerOf(key)}.${encode(JSON.stringify(claims))}`
  return `${body}.${algorithms[key.algorithm].sign(Buffer.from(body), key.privateKey).toString('base64url')}`
}

/** Judges a token against the keys by their headers, with the party it must name, at a time. */
export function readAccessToken(
  token: string,
  keys: ReadonlyMap<string, SigningKey>,
  party: Party,
  nowMs: number,
): AccessToken | Refusal {
  if (token.length > tokenLimits.tokenChars) return 'malformed'
  const [, head, body, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]{86})$/.exec(token) ?? []
  if (head === undefined || body === undefined || signature === undefined) return 'malformed'
  const key = keys.get(head)
  if (key === undefined) return 'unknown_key'
  const bytes = Buffer.from(signature, 'base64url')
  // 86 characters hold 516 bits of which 512 count: only the spelling with zeros in the rest is a signature.
  if (bytes.toString('base64url') !== signature) return 'bad_signature'
  if (!algorithms[key.algorithm].verify(Buffer.from(`${head}.${body}`), key.publicKey, bytes)) return 'bad_signature'
  const claims = claimsOf(body, party)
  if (claims === undefined) return 'bad_claims'
  if (claims.issuedMs > nowMs + tokenLimits.skewMs) return 'too_early'
  return claims.expiresMs + tokenLimits.skewMs > nowMs ? claims : 'expired'
}

function claimsOf(body: string, party: Party): AccessToken | undefined {
  const claims = objectOf(body)
  if (claims === undefined || claims['iss'] !== party.issuer || claims['aud'] !== party.audience) return undefined
  const { sub, sid, client_id: client, scope, auth_time: proved, amr, iat, exp } = claims
  if (!isName(sub) || !isName(sid) || !isName(client) || typeof scope !== 'string' || !isTexts(amr)) return undefined
  if (!isSeconds(proved) || !isSeconds(iat) || !isSeconds(exp)) return undefined
  if (exp <= iat || (exp - iat) * 1000 > tokenLimits.longestAccessMs) return undefined
  // We sign no such claim; one that asks for more than we check must not be taken for less.
  if ('nbf' in claims || 'cnf' in claims) return undefined
  return Object.freeze({
    subject: sub,
    session: sid,
    client,
    scopes: Object.freeze(scope === '' ? [] : scope.split(' ')),
    authenticatedMs: proved * 1000,
    methods: Object.freeze(amr),
    issuedMs: iat * 1000,
    expiresMs: exp * 1000,
  })
}

function objectOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = readJson(Buffer.from(body, 'base64url'), claimLimits)
    // A JSON object is read member by member below; nothing is assumed of what they hold.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch (error) {
    // Not JSON, a claim twice, too deep: the reader says so by a Problem, and the caller of ours by `bad_claims`.
    if (error instanceof Problem) return undefined
    throw error
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string')

/** NumericDate as we write it: whole seconds, within what a Date can hold. */
const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 8_640_000_000_000

const encode = (text: string): string => Buffer.from(text).toString('base64url')
