// One key that signs access tokens: made, sealed for the database, opened, and shown to the world as a JWK.
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto'
import type { Random } from '../../../base/random.ts'
import type { Keyring } from '../../../base/seal.ts'
import { algorithms, publicOf, type AlgorithmName } from './algorithms.ts'

/** The public half as the world reads it (RFC 7517). It has no member of the private half. */
export type PublicJwk = Readonly<Record<string, string>>

/** A key in memory. The algorithm belongs to the key; nothing in a token can choose another. */
export interface SigningKey {
  /** The key's own thumbprint (RFC 7638): two keys never share a name, and no name points elsewhere. */
  readonly kid: string
  readonly algorithm: AlgorithmName
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: PublicJwk
  /** From when it signs, in milliseconds since 1970; before that it is published only. */
  readonly signsFromMs: number
}

/** A key at rest: the private half is sealed, so that a stolen database signs nothing. */
export interface KeyRecord {
  readonly kid: string
  readonly algorithm: AlgorithmName
  readonly sealed: string
  readonly signsFromMs: number
}

const purpose = 'signing key'

/** Makes a key that signs from `signsFromMs` on. */
export function createSigningKey(algorithm: AlgorithmName, signsFromMs: number, random: Random): SigningKey {
  return keyOf(algorithm, algorithms[algorithm].makeKey(random), signsFromMs)
}

/** The key as it is stored. */
export function sealKey(keyring: Keyring, key: SigningKey): KeyRecord {
  const { kid, algorithm, signsFromMs } = key
  const der = key.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url')
  return Object.freeze({ kid, algorithm, signsFromMs, sealed: keyring.seal(purpose, der, placeOf(kid, algorithm)) })
}

/** The key of a record; undefined where no secret of ours opens it, or it was sealed under another name. */
export function openKey(keyring: Keyring, record: KeyRecord): SigningKey | undefined {
  const der = keyring.open(purpose, record.sealed, placeOf(record.kid, record.algorithm))
  if (der === undefined) return undefined
  const privateKey = createPrivateKey({ key: Buffer.from(der, 'base64url'), format: 'der', type: 'pkcs8' })
  return keyOf(record.algorithm, privateKey, record.signsFromMs)
}

// The name and the algorithm are sealed in: a row whose algorithm was edited does not open.
const placeOf = (kid: string, algorithm: AlgorithmName): string => `${algorithm} ${kid}`

/** The key of a private half that was made before. */
export function keyOf(algorithm: AlgorithmName, privateKey: KeyObject, signsFromMs: number): SigningKey {
  const publicKey = publicOf(privateKey)
  const exported = publicKey.export({ format: 'jwk' })
  const shown = Object.fromEntries(algorithms[algorithm].members.map((name) => [name, String(exported[name])]))
  const kid = createHash('sha256').update(JSON.stringify(shown)).digest('base64url')
  const jwk = Object.freeze({ ...shown, kid, alg: algorithm, use: 'sig' })
  return Object.freeze({ kid, algorithm, privateKey, publicKey, jwk, signsFromMs })
}
