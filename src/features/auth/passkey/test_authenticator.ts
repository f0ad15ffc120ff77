// An authenticator in software, with its browser: makes passkeys and signs with them, cleanly or with one fault.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { cbor, type Cbor } from './test_cbor.ts'

type Json = Readonly<Record<string, unknown>>

/** Where a fault comes in; each bends one thing on its way, before what depends on it is made. */
export interface Bend {
  readonly client?: (data: Json) => Json
  readonly clientText?: (text: string) => string | Buffer
  readonly rpId?: string
  readonly flags?: (flags: number) => number
  readonly counter?: number
  readonly coseKey?: (key: Map<number, Cbor>) => Map<number, Cbor>
  readonly credentialId?: Buffer
  readonly authData?: (bytes: Buffer) => Buffer
  readonly attestation?: (object: Map<string, Cbor>) => Map<string, Cbor>
  /** The device says of itself what it made, as it may where nobody asked. */
  readonly selfAttest?: boolean
  readonly attestationBytes?: (bytes: Buffer) => Buffer
  /** Signs with another key than the passkey's. */
  readonly signWith?: KeyObject
  readonly signature?: (bytes: Buffer) => Buffer
  /** After signing. */
  readonly authDataAfter?: (bytes: Buffer) => Buffer
  readonly clientAfter?: (data: Json) => Json
  readonly userHandle?: string | null
  readonly answer?: (answer: Json) => unknown
  readonly response?: (response: Json) => Json
}

/** Bits of the authenticator data (WebAuthn Level 3 §6.1). */
export const flagBits = Object.freeze({
  present: 1,
  verified: 4,
  eligible: 8,
  backedUp: 16,
  attested: 64,
  extended: 128,
})

export type KeyKind = 'ES256' | 'EdDSA' | 'RS256'

/** One device with one passkey. */
export interface Authenticator {
  readonly id: string
  readonly create: (options: Json, bend?: Bend) => unknown
  readonly get: (options: Json, bend?: Bend) => unknown
}

/** Makes a device for pages of an origin; `synced` says whether its passkeys are copied. */
export function createAuthenticator(origin: string, kind: KeyKind = 'ES256', synced = false): Authenticator {
  const { privateKey, publicKey } = pairOf(kind)
  const credential = randomBytes(32)
  const id = credential.toString('base64url')
  const state = { counter: 0, handle: '' }
  const usual = flagBits.present | flagBits.verified | (synced ? flagBits.eligible | flagBits.backedUp : 0)

  const signed = (authData: Buffer, client: string, key: KeyObject = privateKey): Buffer => {
    const hash = createHash('sha256').update(Buffer.from(client, 'base64url')).digest()
    return sign(kind === 'EdDSA' ? null : 'sha256', Buffer.concat([authData, hash]), key)
  }

  const create = (options: Json, bend: Bend = {}): unknown => {
    // The options are ours, made a moment ago.
    const { rp, user, challenge } = options as { rp: { id: string }; user: { id: string }; challenge: string }
    state.handle = user.id
    const client = clientData('webauthn.create', challenge, origin, bend)
    const key = bend.coseKey?.(coseOf(kind, publicKey)) ?? coseOf(kind, publicKey)
    const raw = bend.credentialId ?? credential
    const attested = Buffer.concat([Buffer.alloc(16), uint16(raw.length), raw, cbor(key)])
    const flags = bend.flags?.(usual | flagBits.attested) ?? usual | flagBits.attested
    const authData = dataOf(bend.rpId ?? rp.id, flags, bend.counter ?? 0, attested, bend)
    const statement = bend.selfAttest
      ? [['alg', algorithmOf(kind)] as const, ['sig', signed(authData, client)] as const]
      : []
    const object = new Map<string, Cbor>([
      ['fmt', bend.selfAttest ? 'packed' : 'none'],
      ['attStmt', new Map<string, Cbor>(statement)],
      ['authData', authData],
    ])
    const bytes = cbor(bend.attestation?.(object) ?? object)
    const attestationObject = (bend.attestationBytes?.(bytes) ?? bytes).toString('base64url')
    return answerOf(
      raw.toString('base64url'),
      { clientDataJSON: client, attestationObject, transports: ['internal'] },
      bend,
    )
  }

  const get = (options: Json, bend: Bend = {}): unknown => {
    const { rpId, challenge } = options as { rpId: string; challenge: string } // ours too
    // Passkeys that are copied do not count: no device knows of the others.
    state.counter += synced ? 0 : 1
    const client = clientData('webauthn.get', challenge, origin, bend)
    const counter = bend.counter ?? state.counter
    const authData = dataOf(bend.rpId ?? rpId, bend.flags?.(usual) ?? usual, counter, Buffer.alloc(0), bend)
    const bits = signed(authData, client, bend.signWith)
    const after = bend.clientAfter && clientData('webauthn.get', challenge, origin, { client: bend.clientAfter })
    const response = {
      clientDataJSON: after ?? client,
      authenticatorData: (bend.authDataAfter?.(authData) ?? authData).toString('base64url'),
      signature: (bend.signature?.(bits) ?? bits).toString('base64url'),
      userHandle: bend.userHandle === undefined ? state.handle : bend.userHandle,
    }
    return answerOf(id, response, bend)
  }
  return { id, create, get }
}

function clientData(type: string, challenge: string, origin: string, bend: Bend): string {
  const data = { type, challenge, origin, crossOrigin: false }
  const text = JSON.stringify(bend.client?.(data) ?? data)
  return Buffer.from(bend.clientText?.(text) ?? text).toString('base64url')
}

function dataOf(rpId: string, flags: number, counter: number, rest: Buffer, bend: Bend): Buffer {
  const hash = createHash('sha256').update(rpId).digest()
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  const bytes = Buffer.concat([hash, Buffer.of(flags), count, rest])
  return bend.authData?.(bytes) ?? bytes
}

function answerOf(id: string, response: Json, bend: Bend): unknown {
  const parts = bend.response?.(response) ?? response
  const answer = { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response: parts }
  return bend.answer === undefined ? answer : bend.answer(answer)
}

function pairOf(kind: KeyKind): { privateKey: KeyObject; publicKey: KeyObject } {
  if (kind === 'EdDSA') return generateKeyPairSync('ed25519')
  if (kind === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

const algorithmOf = (kind: KeyKind): number => ({ ES256: -7, EdDSA: -8, RS256: -257 })[kind]

function coseOf(kind: KeyKind, key: KeyObject): Map<number, Cbor> {
  const { x = '', y = '', n = '', e = '' } = key.export({ format: 'jwk' })
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url')
  const entries: Record<KeyKind, readonly (readonly [number, Cbor])[]> = {
    ES256: [[1, 2], [3, -7], [-1, 1], [-2, bytes(x)], [-3, bytes(y)]],
    EdDSA: [[1, 1], [3, -8], [-1, 6], [-2, bytes(x)]],
    RS256: [[1, 3], [3, -257], [-1, bytes(n)], [-2, bytes(e)]],
  } // prettier-ignore
  return new Map(entries[kind])
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255)
}
