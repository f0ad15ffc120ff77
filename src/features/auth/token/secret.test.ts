// Opaque secrets: long, of one kind, told from slips without a look-up, and not to be had from what is stored.
import { equal, match, notEqual, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { seededRandom, systemRandom } from '../../../base/random.ts'
import { createSecret, readSecret, sameHash, secretPrefixes, type SecretKind } from './secret.ts'

// Every kind there is: a closed list, and its keys are its kinds.
const kinds = Object.keys(secretPrefixes) as SecretKind[]

describe('opaque secrets', () => {
  test('each kind has a prefix of its own, and all have one form', () => {
    equal(new Set(Object.values(secretPrefixes)).size, kinds.length)
    for (const kind of kinds) match(createSecret(kind, systemRandom).text, /^pl[a-z]_[0-9A-Za-z]{49}$/)
  })

  test('what is made is read as the hash that was stored, by its own kind alone', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...kinds), fc.constantFrom(...kinds), (seed, kind, other) => {
        const { text, hash } = createSecret(kind, seededRandom(seed))

        equal(readSecret(kind, text), hash)
        equal(hash, createHash('sha256').update(text).digest('base64url'))
        if (other !== kind) equal(readSecret(other, text), undefined)
      }),
    )
  })

  test('all 256 bits count: the least and the greatest are written whole', () => {
    const of = (byte: number): string =>
      createSecret('apiKey', { bytes: (count) => new Uint8Array(count).fill(byte), fraction: () => 0 }).text
    equal(of(0).slice(4, 47), '0'.repeat(43))
    notEqual(of(255).slice(4, 47), of(254).slice(4, 47))
    equal(of(255).length, of(0).length)
  })

  test('a slip in any one place is noticed without a look-up', () => {
    const { text } = createSecret('apiKey', seededRandom(3))
    for (let at = 0; at < text.length; at++)
      for (const char of ['0', 'z', '_', ' ', 'é', '']) {
        const bent = text.slice(0, at) + char + text.slice(at + 1)
        if (bent !== text) equal(readSecret('apiKey', bent), undefined, `${char} at ${at}`)
      }
  })

  test('anything that is no secret is none, whatever its type', () => {
    const { text, hash, hint } = createSecret('reset', systemRandom)
    const hostile: readonly unknown[] = [
      null, undefined, 0, true, {}, [], [text], { $ne: null }, { toString: () => text }, /./, '', hash, hint,
      `${text} `, ` ${text}`, `${text}\n`, `${text}\0`, text.toLowerCase(), text.repeat(2), 'p'.repeat(1_000_000),
      `plp_${'A'.repeat(49)}`, new String(text), Buffer.from(text),
    ] // prettier-ignore
    for (const presented of hostile) equal(readSecret('reset', presented), undefined)
  })

  test('the hint is a beginning that opens nothing, and two secrets never meet', () => {
    const made = Array.from({ length: 2_000 }, () => createSecret('refresh', systemRandom))
    equal(new Set(made.map(({ hash }) => hash)).size, made.length)
    for (const { text, hint } of made.slice(0, 50)) {
      ok(text.startsWith(hint) && hint.length === 8)
      equal(readSecret('refresh', hint), undefined)
    }
  })

  test('hashes are compared whole', () => {
    const [one, other] = [createSecret('reset', systemRandom).hash, createSecret('reset', systemRandom).hash]
    equal(sameHash(one, one), true)
    equal(sameHash(one, other), false)
    equal(sameHash(one, one.slice(0, 42)), false)
    equal(sameHash('', ''), true)
  })
})
