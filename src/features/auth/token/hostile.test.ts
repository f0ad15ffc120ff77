// No token but a good one is taken, whatever its header says; and the corpus is one that others let in.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { seededRandom } from '../../../base/random.ts'
import { headerOf, readAccessToken } from './access_token.ts'
import type { AlgorithmName } from './algorithms.ts'
import { jwksOf } from './keyset.ts'
import { hostileTokens } from './test_hostile_tokens.ts'
import { party, scene } from './test_keys.ts'
import { lenient } from './test_lenient.ts'
import { mutate } from './test_mutations.ts'
import { createVerifier } from './verifier.ts'

for (const algorithm of ['EdDSA', 'ES256'] as const satisfies readonly AlgorithmName[]) {
  describe(`hostile tokens against a key of ${algorithm}`, () => {
    const { clock, keyset, sign } = scene(algorithm)
    const good = sign()
    const corpus = hostileTokens(keyset.signing, party, good, clock.ms())
    const keys = new Map(keyset.verifying.map((key) => [headerOf(key), key]))
    const judge = (token: string) => readAccessToken(token, keys, party, clock.ms())

    test('none of them is taken, and a good one is', () => {
      const taken = corpus.filter(({ token }) => typeof judge(token) !== 'string')

      deepEqual(
        taken.map(({ title }) => title),
        [],
      )
      ok(corpus.length >= 120, `${corpus.length} tokens`)
      equal(new Set(corpus.map(({ title }) => title)).size, corpus.length, 'each has a title of its own')
      equal(new Set(corpus.map(({ token }) => token)).size >= corpus.length - 8, true, 'hardly any is there twice')
      equal(typeof judge(good), 'object')
    })

    test('every gate has tokens that come to it', () => {
      const gates = new Set(corpus.map(({ token }) => judge(token)))

      deepEqual(gates, new Set(['malformed', 'unknown_key', 'bad_signature', 'bad_claims', 'too_early', 'expired']))
    })

    test('a verifier that believes the header lets many in', () => {
      const taken = corpus.filter(({ token }) => lenient(token, keyset.signing, party, clock.ms()))

      ok(taken.length >= 60, `${taken.length} of ${corpus.length}`)
      const titles = new Set(taken.map(({ title }) => title))
      ok(titles.has('alg "nOnE" with no signature'))
      ok(titles.has('HS256 by our PEM after as it is'))
      ok(titles.has('a foreign key under its own key in the header'))
      equal(lenient(good, keyset.signing, party, clock.ms()), true)
    })

    test('a library with its usual options lets some in', async () => {
      const jwks = createLocalJWKSet({ keys: jwksOf(keyset).keys.map((jwk) => ({ ...jwk })) })
      const options = { ...party, algorithms: [algorithm], currentDate: clock.now(), clockTolerance: 60 }
      const verdicts = await Promise.allSettled(corpus.map(({ token }) => jwtVerify(token, jwks, options)))
      const taken = verdicts.filter(({ status }) => status === 'fulfilled')

      ok(taken.length >= 20, `${taken.length} of ${corpus.length}`)
    })

    test('no random change to a good one is taken', () => {
      const { accepted, refused } = mutate(good, createVerifier({ keyset, party, clock }), 5_000, seededRandom(4))

      deepEqual(accepted, [])
      for (const gate of ['malformed', 'unknown_key', 'bad_signature'])
        ok((refused.get(gate) ?? 0) > 500, `${gate}: ${refused.get(gate)}`)
    })
  })
}
