// Signed tokens for development: who calls, before there are accounts. Refused in production, where no key signs them.
import { sameMac } from '../../base/seal.ts'
import type { Keyring } from '../../base/seal.ts'

/** What a development token says. */
export interface Claims {
  readonly sub: string
  readonly roles: readonly string[]
  readonly tenant: string | null
  /** Is the caller one of the app's own customers, whose row is made on first use. */
  readonly profile: boolean
  /** Seconds since 1970 (RFC 7519 NumericDate). */
  readonly exp: number
}

const purpose = 'development token'
// Pinned: no header of a token chooses its algorithm or key (RFC 8725 §3.1).
const header = Buffer.from('{"alg":"HS256","typ":"dev+jwt"}').toString('base64url')

/** Signs a token. */
export function signToken(keys: Keyring, claims: Claims): string {
  const body = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  return `${body}.${keys.mac(purpose, body)}`
}

/** What a token says, if it is one of ours and has not expired. */
export function readToken(keys: Keyring, token: string, nowMs: number): Claims | undefined {
  const parts = token.split('.')
  const [head, body, mac] = parts
  if (parts.length !== 3 || head !== header || body === undefined || mac === undefined) return undefined
  if (!sameMac(keys.mac(purpose, `${head}.${body}`), mac)) return undefined
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims // signed by us, so shaped by us
  return claims.exp * 1000 > nowMs ? claims : undefined
}
