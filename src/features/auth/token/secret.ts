// Opaque secrets: 256 random bits behind a prefix, with a checksum, of which we keep only the SHA-256.
import { hash, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Random } from '../../../base/random.ts'

/** What a secret opens; the prefix says it to scanners of leaked code, and keeps one kind from passing as another. */
export const secretPrefixes = Object.freeze({
  apiKey: 'plk',
  refresh: 'plr',
  session: 'pls',
  verify: 'plv',
  reset: 'plp',
  invite: 'pli',
  moveFrom: 'plo',
  moveTo: 'pln',
  factor: 'plm',
  device: 'pld',
  arrival: 'pla',
  client: 'plc',
  registration: 'plg',
  registered: 'plu',
})

export type SecretKind = keyof typeof secretPrefixes

/** A new secret: the text is shown once and never stored, the hash is stored. */
export interface Secret {
  readonly text: string
  /** SHA-256 of the text, base64url. */
  readonly hash: string
  /** The first characters, to tell one key from another in a list; it opens nothing. */
  readonly hint: string
}

const secretBytes = 32
const bodyChars = 43
const checkChars = 6
const hintChars = 8
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const base = BigInt(digits.length)

/** Makes a secret: `plk_`, 43 characters of 256 random bits, 6 of checksum. One click marks it: no sign is in it. */
export function createSecret(kind: SecretKind, random: Random): Secret {
  const value = BigInt(`0x${Buffer.from(random.bytes(secretBytes)).toString('hex')}`)
  const body = `${secretPrefixes[kind]}_${write(value, bodyChars)}`
  const text = `${body}${checksum(body)}`
  return Object.freeze({ text, hash: hashOf(text), hint: text.slice(0, hintChars) })
}

/**
 * The hash to look a presented secret up by; undefined for anything not made as one of this kind, without asking the
 * database. Takes `unknown`, since what arrives may be null, an array or an object, and none of those is a secret.
 */
export function readSecret(kind: SecretKind, presented: unknown): string | undefined {
  if (typeof presented !== 'string' || presented.length !== 4 + bodyChars + checkChars) return undefined
  if (!presented.startsWith(`${secretPrefixes[kind]}_`) || !/^\w+$/.test(presented)) return undefined
  const body = presented.slice(0, -checkChars)
  return checksum(body) === presented.slice(-checkChars) ? hashOf(presented) : undefined
}

/** Whether two hashes are equal, in a time that does not depend on where they differ. */
export function sameHash(stored: string, presented: string): boolean {
  const [a, b] = [Buffer.from(stored), Buffer.from(presented)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const hashOf = (text: string): string => hash('sha256', text, 'base64url')

// A checksum keeps nobody out; it tells a slip of the hand and a scanner's find from a key, before any look-up.
const checksum = (body: string): string => write(BigInt(crc32(body)), checkChars)

function write(value: bigint, chars: number): string {
  let rest = value
  let text = ''
  for (let at = 0; at < chars; at++) {
    text = `${digits[Number(rest % base)]}${text}`
    rest /= base
  }
  return text
}
