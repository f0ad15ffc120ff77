// Recovery codes for the day the phone is gone: ten, each of 80 random bits, each of which works once.
import { timingSafeEqual } from 'node:crypto'
import { assert } from '../../../base/assert.ts'
import { factorLimits } from '../../../base/identity_limits.ts'
import type { Random } from '../../../base/random.ts'
import type { Bulkhead } from '../password/bulkhead.ts'
import { formatPhc, parsePhc, type PhcHash } from '../password/phc.ts'
import { schemes, type Preset } from '../password/schemes.ts'

export interface RecoveryMeans {
  readonly preset: Preset
  readonly bulkhead: Bulkhead
  readonly random: Random
}

/** A new set: the codes are shown once, their hashes are stored, one a row. */
export interface RecoverySet {
  readonly codes: readonly string[]
  readonly hashes: readonly string[]
}

const codeBytes = 10
const codeChars = 16
const saltBytes = 16
const tagBytes = 32
// Crockford's: no I, L, O or U, so that what is read from paper is typed right.
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes a set in the place of any before. The codes of a set share a salt, so that a try costs one hash, not ten. */
export async function createRecoveryCodes({ preset, bulkhead, random }: RecoveryMeans): Promise<RecoverySet> {
  const salt = Buffer.from(random.bytes(saltBytes))
  const codes = Array.from({ length: factorLimits.recoveryCodes }, () => writeCode(random.bytes(codeBytes)))
  const version = schemes.get(preset.scheme)?.version
  const hashes: string[] = []
  for (const code of codes) {
    const hash: PhcHash = { ...preset, version, keyId: undefined, salt, tag: Buffer.alloc(tagBytes) }
    hashes.push(formatPhc({ ...hash, tag: await derive(bulkhead, hash, readCode(code) ?? '') }))
  }
  return Object.freeze({ codes: Object.freeze(codes), hashes: Object.freeze(hashes) })
}

/**
 * Which of the stored hashes a typed code is of. Whoever takes it must delete that row in the statement that signs in,
 * and refuse if none was deleted. Fails with Broken where the hashes are not those of one set.
 */
export async function indexOfCode(
  hashes: readonly string[],
  typed: unknown,
  { bulkhead }: Pick<RecoveryMeans, 'bulkhead'>,
): Promise<number | undefined> {
  const code = readCode(typed)
  const parsed = hashes.map(parsePhc)
  const first = parsed[0]
  if (code === undefined || first === undefined) return undefined
  const tag = await derive(bulkhead, first, code)
  // All are compared, so that the time does not tell which.
  const matches = parsed.map((hash) => {
    const isOfSet = hash !== undefined && hash.salt.equals(first.salt) && hash.tag.length === tag.length
    assert(isOfSet, 'the recovery codes of an account are hashes of one set')
    return timingSafeEqual(hash.tag, tag)
  })
  const index = matches.indexOf(true)
  return index === -1 ? undefined : index
}

async function derive(bulkhead: Bulkhead, { scheme, salt, costs, tag }: PhcHash, code: string): Promise<Buffer> {
  const known = schemes.get(scheme)
  assert(known !== undefined, 'recovery codes are hashed by a scheme that is here')
  const password = Buffer.from(code)
  return bulkhead.run(() => known.derive({ password, salt, costs, tagBytes: tag.length, pepper: undefined }))
}

/** `XXXX-XXXX-XXXX-XXXX`. */
function writeCode(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const code = (bits.match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join('')
  return (code.match(/.{4}/g) ?? []).join('-')
}

/** The code as it was made, whatever the case, spaces and dashes, and with the letters people mistake mended. */
function readCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 4 * codeChars) return undefined
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return code.length === codeChars && Array.from(code).every((char) => letters.includes(char)) ? code : undefined
}
