// Hashes and verifies passwords, at the same cost for an account that is there and for one that is not.
import { timingSafeEqual } from 'node:crypto'
import { assert } from '../../../base/assert.ts'
import type { Random } from '../../../base/random.ts'
import { createKeyring, type Key } from '../../../base/seal.ts'
import type { Bulkhead } from './bulkhead.ts'
import { formatPhc, parsePhc, type PhcHash } from './phc.ts'
import { passwordBytes } from './policy.ts'
import { type Preset, schemes } from './schemes.ts'

/**
 * A secret mixed into every hash and kept outside the database; without it a stolen table cannot be guessed at. Its id
 * stands in the hash and tells nothing of it.
 */
export type Pepper = Key

export interface PasswordMeans {
  readonly preset: Preset
  /** The first goes into new hashes; the others still verify. None is fine. */
  readonly peppers: readonly Pepper[]
  readonly bulkhead: Bulkhead
  readonly random: Random
}

/** What became of a try. */
export interface Verdict {
  readonly matches: boolean
  /** The password is right and its hash is not as new ones are: hash it again while it is at hand. */
  readonly needsRehash: boolean
}

export interface Passwords {
  /** The hash to store. Fails with RangeError for what `checkPassword` refuses as no text, broken, or too long. */
  readonly hash: (password: string) => Promise<string>
  /**
   * Tries a password on a stored hash; null or undefined stands for an account that is not there or has none, and
   * costs the same. Fails with unavailable where too many wait, with Broken for a stored text that is no hash of ours.
   */
  readonly verify: (stored: string | null | undefined, password: unknown) => Promise<Verdict>
  readonly needsRehash: (stored: string) => boolean
}

const saltBytes = 16
const tagBytes = 32
const no: Verdict = Object.freeze({ matches: false, needsRehash: false })

/** Makes the pepper of a secret text. Fails with RangeError under 32 bytes. */
export function pepperOf(secret: string): Pepper {
  if (Buffer.byteLength(secret) < 32) throw new RangeError('a pepper must have at least 32 bytes')
  return createKeyring(secret).derive('password pepper')
}

/** Makes the hasher of this process. */
export function createPasswords(means: PasswordMeans): Passwords {
  const dummy = dummyHash(means)
  const needsRehash = (stored: string): boolean => !isAsNew(knownHash(stored), means)
  return Object.freeze({
    async hash(password: string) {
      const bytes = passwordBytes(password)
      if (bytes === undefined) throw new RangeError('this password cannot be set: it is no text, or too long')
      const made = { ...dummy, salt: Buffer.from(means.random.bytes(saltBytes)) }
      return formatPhc({ ...made, tag: await derive(means, made, bytes) })
    },
    async verify(stored: string | null | undefined, password: unknown) {
      const bytes = passwordBytes(password)
      // Decided by the password alone, so it tells nothing of the account; a megabyte is not hashed.
      if (bytes === undefined) return no
      const real = typeof stored === 'string' ? knownHash(stored) : undefined
      const hash = real ?? dummy
      const tag = await derive(means, hash, bytes)
      const matches = timingSafeEqual(tag, hash.tag) && real !== undefined
      return matches ? { matches, needsRehash: !isAsNew(hash, means) } : no
    },
    needsRehash,
  })
}

// Its tag is random, so nothing matches it; and `verify` does not believe it if something did.
function dummyHash({ preset, peppers, random }: PasswordMeans): PhcHash {
  const scheme = schemes.get(preset.scheme)
  assert(scheme !== undefined, 'a preset names a scheme that is here')
  const [salt, tag] = [Buffer.from(random.bytes(saltBytes)), Buffer.from(random.bytes(tagBytes))]
  const { costs } = preset
  return Object.freeze({ scheme: preset.scheme, version: scheme.version, costs, keyId: peppers[0]?.id, salt, tag })
}

/** Takes a stored hash apart. A row that holds anything else was not written by us, and is nobody's wrong password. */
function knownHash(stored: string): PhcHash {
  const hash = parsePhc(stored)
  const scheme = hash && schemes.get(hash.scheme)
  assert(hash !== undefined && scheme !== undefined, 'a stored password hash has a form and a scheme that are known')
  const names = Object.keys(scheme.bounds)
  const inBounds = names.every((name) => isWithin(hash.costs[name], scheme.bounds[name]))
  const isWhole = inBounds && Object.keys(hash.costs).length === names.length && hash.version === scheme.version
  assert(isWhole, 'a stored password hash costs what hashes may cost')
  return hash
}

const isWithin = (value: number | undefined, bounds: readonly [number, number] | undefined): boolean =>
  value !== undefined && bounds !== undefined && value >= bounds[0] && value <= bounds[1]

async function derive({ peppers, bulkhead }: PasswordMeans, hash: PhcHash, password: Buffer): Promise<Buffer> {
  const { scheme, salt, costs, tag, keyId } = hash
  const pepper = peppers.find(({ id }) => id === keyId)
  assert(keyId === undefined || pepper !== undefined, 'the pepper of a stored password hash is configured')
  const known = schemes.get(scheme)
  assert(known !== undefined, 'a hash was checked to have a known scheme')
  return bulkhead.run(() => known.derive({ password, salt, costs, tagBytes: tag.length, pepper: pepper?.bytes }))
}

function isAsNew(hash: PhcHash, { preset, peppers }: PasswordMeans): boolean {
  const isPreset = hash.scheme === preset.scheme && hash.keyId === peppers[0]?.id
  const costsSame = Object.entries(preset.costs).every(([name, value]) => hash.costs[name] === value)
  return isPreset && costsSame && hash.salt.length === saltBytes && hash.tag.length === tagBytes
}
