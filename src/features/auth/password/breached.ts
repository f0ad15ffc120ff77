// The list of breached passwords, looked up without a network: three bytes for each, so a million are 3 MB.
import { readFile } from 'node:fs/promises'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { codePoints, fold } from '../../../base/pure/text.ts'
import { passwordLimits } from '../../../base/identity_limits.ts'

/** Tells whether a password is known from breaches, whatever its capitals. */
export interface BreachedList {
  readonly size: number
  readonly has: (password: string) => boolean
}

// The file: 8 bytes that name it, then for each of 65,536 buckets how many entries it has (two bytes, big-endian),
// then the entries, three bytes each, sorted within their bucket. A bucket is the first two bytes of the SHA-256 of
// the folded password, an entry the next three. 40 bits of a million entries meet one other password in a million.
const magic = Buffer.from('plinthb1')
const buckets = 65_536
const entryBytes = 3
const headBytes = magic.length + 2 * buckets

/** The list that comes with Plinth; `data/README.md` says where it is from. The same path from `src/` and `dist/`. */
export const ownBreachedFile: string = join(import.meta.dirname, '../../../../data/breached_passwords.bin')

/** Reads a compiled list. Fails with RangeError for a file that is none, or was cut. */
export async function loadBreached(file: string = ownBreachedFile): Promise<BreachedList> {
  return readBreached(await readFile(file))
}

/** The list of compiled bytes. Fails with RangeError for bytes that are no list, or were cut. */
export function readBreached(bytes: Buffer): BreachedList {
  if (!bytes.subarray(0, magic.length).equals(magic) || bytes.length < headBytes)
    throw new RangeError('this is no compiled list of breached passwords')
  const starts = new Uint32Array(buckets + 1)
  for (let at = 0; at < buckets; at++) starts[at + 1] = (starts[at] ?? 0) + bytes.readUInt16BE(magic.length + 2 * at)
  const size = starts[buckets] ?? 0
  if (bytes.length !== headBytes + entryBytes * size)
    throw new RangeError('the list of breached passwords is not as long as its head says')
  return Object.freeze({
    size,
    has: (password: string) => {
      const name = nameOf(password)
      const bucket = name.readUInt16BE(0)
      const entry = name.readUIntBE(2, entryBytes)
      for (let at = starts[bucket] ?? 0; at < (starts[bucket + 1] ?? 0); at++)
        if (bytes.readUIntBE(headBytes + entryBytes * at, entryBytes) === entry) return true
      return false
    },
  })
}

/** Compiles a list of passwords. Those shorter than any that may be set are left out; so are repetitions. */
export function compileBreached(passwords: Iterable<string>): Buffer {
  const names = new Set<number>()
  for (const password of passwords)
    if (codePoints(password) >= passwordLimits.minCharsWithFactor) names.add(nameOf(password).readUIntBE(0, 5))
  const sorted = Float64Array.from(names).toSorted()
  const bytes = Buffer.alloc(headBytes + entryBytes * sorted.length)
  magic.copy(bytes)
  for (const [at, name] of sorted.entries()) {
    const place = magic.length + 2 * Math.floor(name / 2 ** 24)
    bytes.writeUInt16BE(bytes.readUInt16BE(place) + 1, place)
    bytes.writeUIntBE(name % 2 ** 24, headBytes + entryBytes * at, entryBytes)
  }
  return bytes
}

const nameOf = (password: string): Buffer => hash('sha256', fold(password), 'buffer')
