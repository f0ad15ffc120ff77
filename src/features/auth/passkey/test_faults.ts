// Single faults of passkey answers: each is the clean one with one thing bent.
import { generateKeyPairSync } from 'node:crypto'
import { flagBits, type Bend } from './test_authenticator.ts'
import type { Cbor } from './test_cbor.ts'

export interface Fault {
  readonly title: string
  readonly bend: Bend
}

const with_ = (title: string, bend: Bend): Fault => ({ title, bend })
const origin = 'https://shop.example.com'
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const without = (bit: number) => (flags: number) => flags & ~bit
const plus = (bit: number) => (flags: number) => flags | bit
const client = (over: Record<string, unknown>): Bend => ({ client: (data) => ({ ...data, ...over }) })
const respond = (over: Record<string, unknown>): Bend => ({ response: (parts) => ({ ...parts, ...over }) })
const answer = (over: Record<string, unknown>): Bend => ({ answer: (sent) => ({ ...sent, ...over }) })

/** Faults of what the browser says, the same for both kinds of answer. */
const shared: readonly Fault[] = [
  with_('another origin', client({ origin: 'https://evil.example' })),
  with_('a plain origin', client({ origin: 'http://shop.example.com' })),
  with_('another port', client({ origin: `${origin}:8443` })),
  with_('a sister domain', client({ origin: 'https://evil.example.com' })),
  with_('a subdomain', client({ origin: 'https://x.shop.example.com' })),
  with_('an origin that begins as ours', client({ origin: `${origin}.evil.example` })),
  with_('an origin with a slash', client({ origin: `${origin}/` })),
  with_('an origin in a list', client({ origin: [origin] })),
  with_('the origin null', client({ origin: 'null' })),
  with_('a frame of another origin', client({ crossOrigin: true })),
  with_('a frame that is named', client({ crossOrigin: true, topOrigin: 'https://evil.example' })),
  with_('a page around it though there is none', client({ topOrigin: origin })),
  with_('a challenge nobody gave', client({ challenge: Buffer.alloc(32, 7).toString('base64url') })),
  with_('no challenge', client({ challenge: undefined })),
  with_('an empty challenge', client({ challenge: '' })),
  with_('a challenge in a list', { client: (data) => ({ ...data, challenge: [data['challenge']] }) }),
  with_('a challenge in other base64', { client: (data) => ({ ...data, challenge: `${String(data['challenge'])}=` }) }),
  with_('no type', client({ type: undefined })),
  with_('the type of a payment', client({ type: 'payment.get' })),
  with_('client data that is no JSON', { clientText: (text) => text.slice(0, -1) }),
  with_('client data with a byte order mark', { clientText: (text) => `\ufeff${text}` }),
  with_('a member twice in the client data', { clientText: (text) => text.replace('{', `{"origin":"x",`) }),
  with_('client data in a list', { clientText: (text) => `[${text}]` }),
  with_('client data that is not UTF-8', {
    clientText: (text) => Buffer.from(`${text.slice(0, -1)},"x":"\u00e9"}`, 'latin1'),
  }),
  with_('the hash of another domain', { rpId: 'evil.example' }),
  with_('the hash of the parent domain', { rpId: 'com' }),
  with_('the hash of a subdomain', { rpId: 'shop.example.com' }),
  with_('nobody there', { flags: without(flagBits.present) }),
  with_('nobody proven', { flags: without(flagBits.verified) }),
  with_('a copy of what cannot be copied', { flags: plus(flagBits.backedUp) }),
  with_('extensions that are not there', { flags: plus(flagBits.extended) }),
  with_('data cut to 36 bytes', { authData: (bytes) => bytes.subarray(0, 36) }),
  with_('no data', { authData: () => Buffer.alloc(0) }),
  with_('a byte after the data', { authData: (bytes) => Buffer.concat([bytes, Buffer.of(0)]) }),
  with_('another type of credential', answer({ type: 'password' })),
  with_('an id that differs from its raw form', answer({ rawId: Buffer.alloc(32).toString('base64url') })),
  with_('an id with padding', {
    answer: (sent) => ({ ...sent, id: `${String(sent['id'])}=`, rawId: `${String(sent['id'])}=` }),
  }),
  with_('an id in a list', { answer: (sent) => ({ ...sent, id: [sent['id']], rawId: [sent['id']] }) }),
  with_('an id of 1,024 bytes', answer({ id: 'A'.repeat(1_366), rawId: 'A'.repeat(1_366) })),
  with_('no response', answer({ response: undefined })),
  with_('null for an answer', { answer: () => null }),
  with_('a text for an answer', { answer: (sent) => JSON.stringify(sent) }),
  with_('a list around the answer', { answer: (sent) => [sent] }),
  with_('client data as an object', respond({ clientDataJSON: {} })),
  with_('client data with padding', {
    response: (parts) => ({ ...parts, clientDataJSON: `${String(parts['clientDataJSON'])}==` }),
  }),
  with_('client data of a megabyte', respond({ clientDataJSON: 'e30'.repeat(400_000) })),
]

const cose = (label: number, value: Cbor): Bend => ({ coseKey: (key) => key.set(label, value) })
const attest = (name: string, value: Cbor): Bend => ({ attestation: (object) => object.set(name, value) })

/** Faults of a new passkey. */
export const registrationFaults: readonly Fault[] = [
  ...shared,
  with_('the type of a sign-in', client({ type: 'webauthn.get' })),
  with_('no passkey in the data', { flags: without(flagBits.attested) }),
  with_('an attestation object cut short', { attestationBytes: (bytes) => bytes.subarray(0, -1) }),
  with_('an attestation object cut in its middle', { attestationBytes: (bytes) => bytes.subarray(0, 60) }),
  with_('a byte after the attestation object', { attestationBytes: (bytes) => Buffer.concat([bytes, Buffer.of(0)]) }),
  with_('an attestation object of another shape', { attestationBytes: () => Buffer.of(0x80) }),
  with_('a map of endless depth', { attestationBytes: () => Buffer.alloc(5_000, 0xa1) }),
  with_('a length beyond the end', { attestationBytes: () => Buffer.from('5b7fffffffffffffff', 'hex') }),
  with_('a statement where there is none', attest('attStmt', new Map([['sig', Buffer.alloc(8)]]))),
  with_('an attestation of unknown form', attest('fmt', 'homemade')),
  with_('a form that is no text', attest('fmt', 7)),
  with_('a packed attestation that does not verify', {
    attestation: (object) =>
      object.set('fmt', 'packed').set('attStmt', new Map<string, Cbor>([['alg', -7], ['sig', Buffer.alloc(70, 1)]])),
  }), // prettier-ignore
  with_('an attestation of the TPM', attest('fmt', 'tpm')),
  with_('an algorithm nobody asked for', cose(3, -35)),
  with_('an algorithm that signs by SHA-1', cose(3, -65_535)),
  with_('an algorithm of another kind of key', cose(3, -8)),
  with_('a key without its second half', { coseKey: (key) => (key.delete(-3), key) }),
  with_('a point beside the curve', cose(-3, Buffer.alloc(32, 9))),
  with_('a half of 31 bytes', cose(-2, Buffer.alloc(31, 1))),
  with_('another curve', cose(-1, 2)),
  with_('a key of another type', cose(1, 4)),
  with_('a key that is no map', { authData: (bytes) => Buffer.concat([bytes.subarray(0, 87), Buffer.of(0)]) }),
  with_('an id that is not that of the passkey', answer({ id: 'AAAA', rawId: 'AAAA' })),
  with_('an id length beyond the data', {
    authData: (bytes) => Buffer.concat([bytes.subarray(0, 53), Buffer.of(255, 255), bytes.subarray(55)]),
  }),
  with_('no attestation object', respond({ attestationObject: undefined })),
  with_('an attestation object with padding', {
    response: (parts) => ({ ...parts, attestationObject: `${String(parts['attestationObject'])}=` }),
  }),
]

const flip = (at: number) => (bytes: Buffer) => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** Faults of a signature. */
export const signInFaults: readonly Fault[] = [
  ...shared,
  with_('the type of a registration', client({ type: 'webauthn.create' })),
  with_('another key', { signWith: other.privateKey }),
  with_('a bent signature', { signature: flip(12) }),
  with_('a signature cut short', { signature: (bytes) => bytes.subarray(0, -1) }),
  with_('a byte after the signature', { signature: (bytes) => Buffer.concat([bytes, Buffer.of(0)]) }),
  with_('no signature', { signature: () => Buffer.alloc(0) }),
  with_('a signature of zeros', { signature: () => Buffer.from('3006020100020100', 'hex') }),
  with_('a signature in the other form', { signature: () => Buffer.alloc(64, 3) }),
  with_('data changed after signing', { authDataAfter: flip(36) }),
  with_('presence added after signing', { flags: without(flagBits.present), authDataAfter: flip(32) }),
  with_('client data changed after signing', { clientAfter: (data) => ({ ...data, more: true }) }),
  with_('a counter that stands still', { counter: 1 }),
  with_('a counter that went back', { counter: 0 }),
  with_('a passkey that may be copied now', { flags: plus(flagBits.eligible) }),
  with_('a passkey inside the data that is none', { flags: plus(flagBits.attested) }),
  with_('a passkey nobody has', answer({ id: 'AAAA', rawId: 'AAAA' })),
  with_('the handle of another', { userHandle: Buffer.from('bob').toString('base64url') }),
  with_('a handle with padding', { userHandle: `${Buffer.from('alice').toString('base64url')}=` }),
  with_('a handle in a list', respond({ userHandle: [Buffer.from('alice').toString('base64url')] })),
  with_('an empty handle', { userHandle: '' }),
  with_('no handle', { userHandle: null }),
  with_('no data of the device', respond({ authenticatorData: undefined })),
  with_('a signature with padding', {
    response: (parts) => ({ ...parts, signature: `${String(parts['signature'])}=` }),
  }),
]
