// Keys take turns without a moment in which a good token is refused, and a stolen table signs nothing.
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../../../base/random.ts'
import { createKeyring } from '../../../base/seal.ts'
import { jwksOf, keysetAt, plannedKeys, withoutKey } from './keyset.ts'
import { openKey, sealKey, type SigningKey } from './signing_key.ts'
import { party, scene } from './test_keys.ts'
import { createVerifier } from './verifier.ts'

const day = 86_400_000
const keyring = createKeyring('a secret that is long enough to be one')
const names = (keys: readonly SigningKey[]): string[] => keys.map(({ kid }) => kid)

describe('the keys of an installation', () => {
  test('from nothing come two: one signs, the next is published', () => {
    const { clock, keys, keyset } = scene()

    equal(keys.length, 2)
    equal(keyset.signing, keys[0])
    equal(keyset.changesAtMs, clock.ms() + 90 * day)
    equal(jwksOf(keyset).keys.length, 2)
  })

  test('asking again changes nothing, on any day', () => {
    const plan = { algorithm: 'EdDSA', random: seededRandom(2) } as const
    let { keys } = scene()
    const start = keys[0]?.signsFromMs ?? 0
    for (let at = start; at < start + 400 * day; at += day / 2) {
      keys = plannedKeys(keys, at, plan)
      deepEqual(names(plannedKeys(keys, at, plan)), names(keys))
    }
  })

  test('in two years of turns every token is taken while it lives, and every signer was published before', () => {
    const { clock, random, sign } = scene()
    const plan = { algorithm: 'EdDSA', random } as const
    let keys: readonly SigningKey[] = plannedKeys([], clock.ms(), plan)
    const published = new Map(keys.map(({ kid }) => [kid, clock.ms()]))
    const first = keysetAt(keys, clock.ms()).signing.kid
    const signers = new Set<string>()
    let last: { token: string; untilMs: number } | undefined
    for (let hour = 0; hour < 2 * 365 * 8; hour++) {
      clock.advance(3 * 3_600_000)
      keys = plannedKeys(keys, clock.ms(), plan)
      const keyset = keysetAt(keys, clock.ms())
      for (const { kid } of keyset.verifying) if (!published.has(kid)) published.set(kid, clock.ms())
      if (!signers.has(keyset.signing.kid)) {
        signers.add(keyset.signing.kid)
        ok(keyset.signing.kid === first || clock.ms() - (published.get(keyset.signing.kid) ?? Infinity) >= day)
        const verify = createVerifier({ keyset, party, clock })
        // Signed just before the turn by the key before, for as long as any token may live.
        if (last !== undefined) equal(typeof verify(last.token), 'object')
      }
      last = { token: sign({}, keyset.signing, day), untilMs: clock.ms() + day }
      ok(keyset.verifying.length >= 2 && keyset.verifying.length <= 3)
    }
    equal(signers.size, 9)
  })

  test('a key ends a day after its turn, and its tokens with it', () => {
    const { clock, keys, random, sign } = scene()
    const token = sign()
    clock.advance(90 * day)
    const after = plannedKeys(keys, clock.ms(), { algorithm: 'EdDSA', random })
    equal(after.length, 3)
    const overlapping = keysetAt(after, clock.ms())
    equal(overlapping.signing, keys[1])
    ok(overlapping.verifying.includes(keys[0]!))

    clock.advance(day + 120_000)
    const ended = keysetAt(plannedKeys(after, clock.ms(), { algorithm: 'EdDSA', random }), clock.ms())
    ok(!ended.verifying.includes(keys[0]!))
    equal(createVerifier({ keyset: ended, party, clock })(token), 'unknown_key')
  })

  test('a leaked key is gone at once, and the next signs', () => {
    const { clock, keys, keyset, sign } = scene()
    const token = sign()
    const left = withoutKey(keys, keyset.signing.kid, clock.ms())
    const now = keysetAt(left, clock.ms())

    equal(now.signing.kid, keys[1]?.kid)
    equal(createVerifier({ keyset: now, party, clock })(token), 'unknown_key')
    deepEqual(names(withoutKey(keys, keys[1]!.kid, clock.ms())), [keys[0]!.kid])
  })

  test('a server that slept for a year publishes its next key before that one signs', () => {
    const { clock, keys, random } = scene()
    clock.advance(365 * day)
    const woken = plannedKeys(keys, clock.ms(), { algorithm: 'EdDSA', random })
    const keyset = keysetAt(woken, clock.ms())

    equal(keyset.signing, keys[1])
    ok(keyset.changesAtMs - clock.ms() >= day)
  })

  test('a clock set back two hours still signs, and what it signs is taken', () => {
    const { clock, keys, sign } = scene()
    clock.advance(-7_200_000)
    const keyset = keysetAt(keys, clock.ms())

    equal(typeof createVerifier({ keyset, party, clock })(sign({}, keyset.signing)), 'object')
  })

  test('without keys there is nothing to sign with', () => {
    throws(() => keysetAt([], 0), /there is a key that signs/)
  })
})

for (const algorithm of ['EdDSA', 'ES256', 'RS256'] as const) {
  describe(`a key of ${algorithm}`, () => {
    const { keyset } = scene(algorithm)
    const record = sealKey(keyring, keyset.signing)

    test('comes back from the database the same', () => {
      const opened = openKey(keyring, record)

      equal(opened?.kid, keyset.signing.kid)
      deepEqual(opened?.jwk, keyset.signing.jwk)
      equal(opened?.privateKey.equals(keyset.signing.privateKey), true)
    })

    test('is not readable in the database, nor in the key set', () => {
      const secret = keyset.signing.privateKey.export({ format: 'jwk' }).d ?? ''
      const shown = JSON.stringify([record, jwksOf(keyset)])

      ok(secret.length >= 43)
      equal(shown.includes(secret), false)
      equal(JSON.stringify(jwksOf(keyset)).includes('"d"'), false)
    })

    test('does not open by another secret, name or algorithm', () => {
      const other = createKeyring('another secret that is long enough too')

      equal(openKey(other, record), undefined)
      equal(openKey(keyring, { ...record, kid: 'x' }), undefined)
      equal(openKey(keyring, { ...record, algorithm: algorithm === 'EdDSA' ? 'ES256' : 'EdDSA' }), undefined)
      ok(
        openKey(
          createKeyring('another secret that is long enough too', ['a secret that is long enough to be one']),
          record,
        ),
      )
    })
  })
}
