// Signatures (Ed25519, RFC 8032) by derived keys: whoever has the public key can check them, and only we can make them.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { assert } from './assert.ts'

export interface Signer {
  /** The public key: 32 bytes in base64url. */
  readonly publicKey: string
  /** The signature in base64url. */
  sign(text: string): string
}

const seedBytes = 32
// What stands before the seed in PKCS #8 (RFC 8410 §7); Node takes no bare seed.
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The signer of a seed of 32 bytes: equal seeds give equal keys and equal signatures. */
export function signerOf(seed: Uint8Array): Signer {
  assert(seed.length === seedBytes, 'an Ed25519 seed has 32 bytes')
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  assert(x !== undefined, 'the public key of Ed25519 is one coordinate')
  return Object.freeze({
    publicKey: x,
    sign: (text: string) => sign(null, Buffer.from(text), key).toString('base64url'),
  })
}

/** Whether the text was signed by the holder of the key; false too for what is no key and no signature. */
export function isSigned(publicKey: string, text: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64url')
  // Node's decoder skips what is not base64url; a signature has one spelling, so that a bent one is never taken.
  if (bytes.toString('base64url') !== signature) return false
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
    return verify(null, Buffer.from(text), key, bytes)
  } catch {
    return false // the text given as a key is none: nothing is signed by it
  }
}
