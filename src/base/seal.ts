// Keys derived from PLINTH_SECRET, and what is done with them: sealing (AES-256-GCM) and message codes (HMAC-SHA-256).
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { systemRandom } from './random.ts'

/** Below this a secret can be guessed; HKDF does not make a short one longer. */
const minSecretBytes = 32
const keyBytes = 32
const ivBytes = 12
const tagBytes = 16
const keyIdBytes = 6
/** Derived keys kept; purposes are constants, but one made of a caller's value must not fill the memory. */
const maxCached = 256

/** A key for one purpose. The id tells which secret it came from and nothing about it. */
export interface Key {
  readonly id: string
  readonly bytes: Uint8Array
}

/** All that is sealed or signed goes through here; `purpose` separates uses, `aad` binds a text to its place. */
export interface Keyring {
  /** The current key of a purpose, for what needs one as bytes. */
  derive(purpose: string): Key
  /** The keys of a purpose by every secret that is still known, the current one first. */
  derived(purpose: string): readonly Key[]
  /** Encrypts with a random IV: equal texts give different seals. */
  seal(purpose: string, text: string, aad: string): string
  /**
   * Encrypts so that equal texts (of equal purpose and aad) give equal bytes; for cursors, where the same page must
   * have the same address. The IV is a keyed hash of aad and text, so an IV repeats only where the whole message
   * repeats, and then the seal tells nothing but that equality; otherwise IVs are as random ones. Not for short
   * secrets a caller could have us seal guesses of.
   */
  sealDeterministic(purpose: string, text: string, aad: string): string
  /**
   * As `seal`, with a key made of the purpose's and of a partner that is kept nowhere: a caller's own random text.
   * Who has our secret and our tables still opens nothing without it.
   */
  sealWith(purpose: string, partner: string, text: string, aad: string): string
  /** The text of `sealWith`, for the same partner; else as `open`. */
  openWith(purpose: string, partner: string, sealed: string, aad: string): string | undefined
  /** The text of either kind of seal, by the current or a previous secret; undefined if it is not ours or was bent. */
  open(purpose: string, sealed: string, aad: string): string | undefined
  /** A message code (base64url of HMAC-SHA-256) by the current secret. */
  mac(purpose: string, text: string): string
  /** The message codes of a text by every secret that is still known, the current one's first: to look one up. */
  macs(purpose: string, text: string): readonly string[]
  /** Whether a message code is of this text, by the current or a previous secret; takes the same time either way. */
  isMac(purpose: string, text: string, mac: string): boolean
}

type Cipher = Pick<Key, 'id'> & { readonly cipher: KeyObject }

interface Derived extends Key, Cipher {
  readonly iv: KeyObject
  readonly mac: KeyObject
  /** What a partner's key is made with. */
  readonly partner: KeyObject
}

/** Makes the keyring of a secret; previous ones still open what they sealed. Fails with RangeError under 32 bytes. */
export function createKeyring(current: string, previous: readonly string[] = [], random = systemRandom): Keyring {
  const first = deriver(current)
  const all = [first, ...previous.map(deriver)]
  return Object.freeze({
    derive: (purpose: string) => first(purpose),
    derived: (purpose: string) => all.map((derive) => derive(purpose)),
    seal: (purpose: string, text: string, aad: string) => encrypt(first(purpose), text, aad, random.bytes(ivBytes)),
    sealDeterministic: (purpose: string, text: string, aad: string) => {
      const key = first(purpose)
      return encrypt(key, text, aad, ivOf(key, text, aad))
    },
    open: (purpose: string, sealed: string, aad: string) =>
      openBy(
        all.map((derive) => derive(purpose)),
        sealed,
        aad,
      ),
    sealWith: (purpose: string, partner: string, text: string, aad: string) =>
      encrypt(joined(first(purpose), partner), text, aad, random.bytes(ivBytes)),
    openWith: (purpose: string, partner: string, sealed: string, aad: string) =>
      openBy(
        all.map((derive) => joined(derive(purpose), partner)),
        sealed,
        aad,
      ),
    mac: (purpose: string, text: string) => macOf(first(purpose), text),
    macs: (purpose: string, text: string) => all.map((derive) => macOf(derive(purpose), text)),
    isMac: (purpose: string, text: string, mac: string) =>
      all.map((derive) => sameMac(macOf(derive(purpose), text), mac)).includes(true),
  })
}

/** Compares two message codes in a time that does not depend on where they differ. */
export function sameMac(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function deriver(secret: string): (purpose: string) => Derived {
  const root = Buffer.from(secret)
  if (root.length < minSecretBytes)
    throw new RangeError(`PLINTH_SECRET has ${root.length} bytes, at least ${minSecretBytes} are needed`)
  const id = expand(root, 'key id', keyIdBytes).toString('base64url')
  const known = new Map<string, Derived>()
  return (purpose) => {
    const found = known.get(purpose)
    if (found !== undefined) return found
    const made = deriveAll(root, id, purpose)
    if (known.size === maxCached) known.delete(known.keys().next().value ?? '')
    known.set(purpose, made)
    return made
  }
}

// One key a use: the key handed out, the cipher's, the IV's and the codes' share nothing but the secret.
function deriveAll(root: Buffer, id: string, purpose: string): Derived {
  const key = (use: string): Buffer => expand(root, `${use} of ${purpose}`, keyBytes)
  const [cipher, iv, mac, partner] = ['cipher', 'iv', 'mac', 'partner'].map((use) => createSecretKey(key(use)))
  if (!cipher || !iv || !mac || !partner) throw new TypeError('four uses give four keys')
  return Object.freeze({ id, bytes: new Uint8Array(key('key')), cipher, iv, mac, partner })
}

function expand(root: Buffer, info: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', root, 'plinth', info, length))
}

// A partner is seldom seen twice, so its key is made when it is needed and not kept.
const joined = ({ id, partner }: Derived, text: string): Cipher => ({
  id,
  cipher: createSecretKey(createHmac('sha256', partner).update(text).digest()),
})

function openBy(keys: readonly Cipher[], sealed: string, aad: string): string | undefined {
  const [version, id, body, ...rest] = sealed.split('.', 4)
  if (version !== 'v1' || body === undefined || rest.length > 0) return undefined
  const key = keys.find((candidate) => candidate.id === id)
  return key && decrypt(key, body, aad)
}

function encrypt(key: Cipher, text: string, aad: string, iv: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', key.cipher, iv)
  cipher.setAAD(Buffer.from(aad))
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `v1.${key.id}.${sealed.toString('base64url')}`
}

function decrypt(key: Cipher, body: string, aad: string): string | undefined {
  const sealed = Buffer.from(body, 'base64url')
  // Node's decoder skips what is not base64url; a seal has one spelling, so that a bent one is never taken.
  if (sealed.length < ivBytes + tagBytes || sealed.toString('base64url') !== body) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key.cipher, sealed.subarray(0, ivBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(aad))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  const text = decipher.update(sealed.subarray(ivBytes, -tagBytes))
  try {
    decipher.final()
  } catch {
    // A tag that does not fit is a caller's bent text, not a fault of ours; the answer says so by being undefined.
    return undefined
  }
  return text.toString('utf8')
}

// The length stands before the aad, or "ab" + "c" and "a" + "bc" would share an IV.
function ivOf(key: Derived, text: string, aad: string): Uint8Array {
  return createHmac('sha256', key.iv).update(`${aad.length}:${aad}${text}`).digest().subarray(0, ivBytes)
}

function macOf(key: Derived, text: string): string {
  return createHmac('sha256', key.mac).update(text).digest('base64url')
}
