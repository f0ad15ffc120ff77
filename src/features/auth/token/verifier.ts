// Verifies access tokens, and remembers those it verified, so that a signature is checked once and not once a request.
import { hash } from 'node:crypto'
import type { Clock } from '../../../base/clock.ts'
import { tokenLimits } from '../../../base/identity_limits.ts'
import { headerOf, readAccessToken, type AccessToken, type Party, type Refusal } from './access_token.ts'
import type { Keyset } from './keyset.ts'

export interface VerifierMeans {
  readonly keyset: Keyset
  readonly party: Party
  readonly clock: Clock
  /** Verified tokens kept; default 10,000. */
  readonly kept?: number
}

/** What the token says, or why it is not taken. */
export type Verify = (token: string) => AccessToken | Refusal

/**
 * Makes a verifier for one keyset; with the keyset its memory goes, so a key that is gone takes its tokens along.
 * Tokens are remembered by the SHA-256 of their whole text: two tokens that share anything less are two tokens.
 */
export function createVerifier({ keyset, party, clock, kept = tokenLimits.verifiedKept }: VerifierMeans): Verify {
  const keys = new Map(keyset.verifying.map((key) => [headerOf(key), key]))
  const known = new Map<string, AccessToken>()
  return (token) => {
    if (token.length > tokenLimits.tokenChars) return 'malformed'
    const name = hash('sha256', token, 'latin1')
    const found = known.get(name)
    if (found !== undefined && isAlive(found, clock.ms())) return found
    known.delete(name)
    const read = readAccessToken(token, keys, party, clock.ms())
    if (typeof read === 'string') return read
    if (known.size >= kept) known.delete(known.keys().next().value ?? '')
    known.set(name, read)
    return read
  }
}

const isAlive = ({ issuedMs, expiresMs }: AccessToken, nowMs: number): boolean =>
  expiresMs + tokenLimits.skewMs > nowMs && issuedMs <= nowMs + tokenLimits.skewMs
