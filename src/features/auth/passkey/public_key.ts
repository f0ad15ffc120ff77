// Whether a passkey's public key (COSE, RFC 9053) is one that can verify something.
import { createPublicKey, type JsonWebKeyInput } from 'node:crypto'

/** The algorithms that are offered and taken: EdDSA, ES256, RS256. No other is parsed. */
export const passkeyAlgorithms: readonly number[] = Object.freeze([-8, -7, -257])

const minRsaBytes = 256

/** Whether the decoded key is whole, fits its algorithm, and lies on its curve. */
export function isUsableKey(cose: unknown): boolean {
  const jwk = cose instanceof Map ? jwkOf(cose) : undefined
  if (jwk === undefined) return false
  try {
    createPublicKey({ key: jwk, format: 'jwk' })
    return true
  } catch {
    // A point beside the curve, a number too large: OpenSSL says which, and for us each means no.
    return false
  }
}

function jwkOf(cose: ReadonlyMap<unknown, unknown>): JsonWebKeyInput['key'] | undefined {
  const [type, algorithm, first, second, third] = [1, 3, -1, -2, -3].map((label) => cose.get(label))
  if (type === 2 && algorithm === -7 && first === 1 && isBytes(second, 32) && isBytes(third, 32))
    return { kty: 'EC', crv: 'P-256', x: text64(second), y: text64(third) }
  if (type === 1 && algorithm === -8 && first === 6 && isBytes(second, 32))
    return { kty: 'OKP', crv: 'Ed25519', x: text64(second) }
  // An exponent of one would make every text its own signature; all real keys have 65537.
  if (type === 3 && algorithm === -257 && isBytes(first) && isBytes(second, 3) && text64(second) === 'AQAB')
    return first.length >= minRsaBytes ? { kty: 'RSA', n: text64(first), e: 'AQAB' } : undefined
  return undefined
}

const isBytes = (value: unknown, length?: number): value is Uint8Array =>
  value instanceof Uint8Array && (length === undefined || value.length === length)

const text64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
