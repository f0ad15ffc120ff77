// The signature algorithms a key can be pinned to: EdDSA, and ES256 and RS256 for those who know nothing newer.
import {
  createECDH, createPrivateKey, createPublicKey, generateKeyPair, generateKeyPairSync, type KeyObject, sign, verify,
} from 'node:crypto' // prettier-ignore
import { promisify } from 'node:util'
import type { Random } from '../../../base/random.ts'

/** The name of an algorithm as JOSE writes it (RFC 7518, RFC 8037). */
export type AlgorithmName = 'EdDSA' | 'ES256' | 'RS256'

/** What a key of an algorithm can do. Signatures of the first two are 64 bytes, as access tokens want it. */
export interface Algorithm {
  readonly makeKey: (random: Random) => KeyObject
  /** The same beside the loop, where making one takes long; another thread makes it. */
  readonly makeSlowly?: () => Promise<KeyObject>
  readonly sign: (data: Buffer, key: KeyObject) => Buffer
  readonly verify: (data: Buffer, key: KeyObject, signature: Buffer) => boolean
  /** Members of the public JWK, in the order of its thumbprint (RFC 7638 §3.2). */
  readonly members: readonly ('crv' | 'e' | 'kty' | 'n' | 'x' | 'y')[]
}

/** A P-256 scalar must be below the curve's order; four of 2^32 random ones are not. Two in a row never are. */
const scalarTries = 8

const edwards: Algorithm = {
  makeKey: edwardsKey,
  sign: (data, key) => sign(null, data, key),
  verify: (data, key, signature) => verify(null, data, key, signature),
  members: ['crv', 'kty', 'x'],
}

const curve: Algorithm = {
  makeKey: curveKey,
  sign: (data, key) => lower(sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  verify: (data, key, signature) =>
    signature.equals(lower(signature)) && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
  members: ['crv', 'kty', 'x', 'y'],
}

// 2048 bits are good until 2030 at least (NIST SP 800-57), and what every OpenID client takes. Its primes are drawn by
// OpenSSL, which takes no randomness of ours.
const size = { modulusLength: 2_048 } as const

const primes: Algorithm = {
  makeKey: () => generateKeyPairSync('rsa', size).privateKey,
  makeSlowly: async () => (await promisify(generateKeyPair)('rsa', size)).privateKey,
  sign: (data, key) => sign('sha256', data, key),
  verify: (data, key, signature) => verify('sha256', data, key, signature),
  members: ['e', 'kty', 'n'],
}

export const algorithms: Readonly<Record<AlgorithmName, Algorithm>> = Object.freeze({
  EdDSA: Object.freeze(edwards),
  ES256: Object.freeze(curve),
  RS256: Object.freeze(primes),
})

// Who knows one ECDSA signature (r, s) knows another, (r, order - s); we make and take only that of the lower s, so
// that a token cannot be spelled anew by one who may not sign. Ed25519 has this rule built in.
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

function lower(signature: Buffer): Buffer {
  const s = BigInt(`0x${signature.toString('hex', 32)}`)
  if (s <= order / 2n) return signature
  const other = Buffer.from((order - s).toString(16).padStart(64, '0').slice(-64), 'hex')
  return Buffer.concat([signature.subarray(0, 32), other])
}

/** The public half of a private key. */
export function publicOf(key: KeyObject): KeyObject {
  return createPublicKey(key)
}

// RFC 8410 §7: a PKCS#8 private key of Ed25519 is these bytes and the seed; so randomness comes through its own door.
const edwardsHead = Buffer.from('302e020100300506032b657004220420', 'hex')

function edwardsKey(random: Random): KeyObject {
  const der = Buffer.concat([edwardsHead, random.bytes(32)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function curveKey(random: Random): KeyObject {
  for (let tries = 0; tries < scalarTries; tries++) {
    const scalar = Buffer.from(random.bytes(32))
    const point = pointOf(scalar)
    if (point === undefined) continue
    const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)]
    return createPrivateKey({
      key: { kty: 'EC', crv: 'P-256', d: scalar.toString('base64url'), x, y },
      format: 'jwk',
    })
  }
  throw new RangeError('the source of randomness gives no scalar of P-256')
}

function pointOf(scalar: Buffer): Buffer | undefined {
  const pair = createECDH('prime256v1')
  try {
    pair.setPrivateKey(scalar)
  } catch {
    // Zero, or not below the order of the curve: the only ways 32 bytes are no key. The caller draws again.
    return undefined
  }
  return pair.getPublicKey()
}
