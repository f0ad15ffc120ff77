// A million changes to good tokens, and none is taken.
import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../../base/random.ts'
import { party, scene } from './test_keys.ts'
import { mutate } from './test_mutations.ts'
import { createVerifier } from './verifier.ts'

const rounds = 500_000

for (const algorithm of ['EdDSA', 'ES256'] as const) {
  test(`${rounds} changes to a token of ${algorithm}`, () => {
    const { clock, keyset, sign } = scene(algorithm)
    const seed = Date.now() % 2 ** 32

    const { accepted, refused } = mutate(sign(), createVerifier({ keyset, party, clock }), rounds, seededRandom(seed))

    deepEqual(accepted, [], `seed ${seed}`)
    ok((refused.get('bad_signature') ?? 0) > rounds / 5, `${refused.get('bad_signature')} came to the signature`)
  })
}
