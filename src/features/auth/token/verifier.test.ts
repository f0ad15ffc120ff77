// The memory of verified tokens answers the claims of that token and of no other, and forgets what it must.
import { equal, notEqual, ok } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readAccessToken, type AccessToken } from './access_token.ts'
import { keysetAt, withoutKey } from './keyset.ts'
import { party, scene } from './test_keys.ts'
import { createVerifier, type Verify } from './verifier.ts'

/** A verifier whose memory knows tokens by less than the whole: the fault that gave one person another's claims. */
function forgetful(verify: Verify, nameOf: (token: string) => string): Verify {
  const known = new Map<string, AccessToken>()
  return (token) => {
    const found = known.get(nameOf(token))
    if (found !== undefined) return found
    const read = verify(token)
    if (typeof read !== 'string') known.set(nameOf(token), read)
    return read
  }
}

/** How often a near copy of a known token was answered with that token's claims. */
function mixUps(verify: Verify, good: string, count: number): number {
  verify(good)
  let mixed = 0
  for (let at = 0; at < count; at++) {
    // One other character, somewhere: the same beginning, or the same end, or the same length.
    const place = at % good.length
    const bent = good.slice(0, place) + (good[place] === 'A' ? 'B' : 'A') + good.slice(place + 1)
    if (typeof verify(bent) !== 'string') mixed++
  }
  return mixed
}

describe('the memory of verified tokens', () => {
  const { clock, keyset, sign } = scene()

  test('near copies of a known token are refused', () => {
    equal(mixUps(createVerifier({ keyset, party, clock }), sign(), 2_000), 0)
  })

  test('the test finds a memory by signature, by beginning, or by a short hash of length', () => {
    const verify = createVerifier({ keyset, party, clock })
    for (const nameOf of [
      (token: string) => token.split('.')[2] ?? '',
      (token: string) => token.slice(0, 100),
      (token: string) => token.slice(-20),
      (token: string) => String(token.length),
    ])
      ok(mixUps(forgetful(verify, nameOf), sign(), 500) > 0)
  })

  test('each of many tokens is answered with its own claims, first and later', () => {
    const verify = createVerifier({ keyset, party, clock, kept: 50 })
    const tokens = Array.from({ length: 100 }, (_, at) => sign({ subject: `person ${at}` }))
    for (const round of [1, 2])
      for (const [at, token] of tokens.entries()) {
        const said = verify(token)
        equal(typeof said === 'object' && said.subject, `person ${at}`, `round ${round}`)
      }
  })

  test('a key that is gone takes its remembered tokens along', () => {
    const { clock, keys, keyset, sign } = scene()
    const token = sign()
    equal(typeof createVerifier({ keyset, party, clock })(token), 'object')

    const left = keysetAt(withoutKey(keys, keyset.signing.kid, clock.ms()), clock.ms())
    equal(createVerifier({ keyset: left, party, clock })(token), 'unknown_key')
  })

  test('the answer is frozen: nobody changes what the next request is told', () => {
    const said = createVerifier({ keyset, party, clock })(sign())

    ok(
      typeof said === 'object' &&
        Object.isFrozen(said) &&
        Object.isFrozen(said.scopes) &&
        Object.isFrozen(said.methods),
    )
  })

  test('a known token costs a small part of a new one', () => {
    const verify = createVerifier({ keyset, party, clock })
    const token = sign()
    const keys = new Map([[token.split('.')[0] ?? '', keyset.signing]])
    notEqual(typeof verify(token), 'string')
    const known = costOf(() => verify(token))
    const anew = costOf(() => readAccessToken(token, keys, party, clock.ms()))

    ok(known * 10 < anew, `${known.toFixed(2)} µs of ${anew.toFixed(2)} µs`)
  })
})

/** Microseconds of one call, the least of five rounds: others use this machine too. */
function costOf(call: () => unknown): number {
  const rounds = Array.from({ length: 5 }, () => {
    const began = process.hrtime.bigint()
    for (let at = 0; at < 200; at++) call()
    return Number(process.hrtime.bigint() - began) / 200_000
  })
  return Math.min(...rounds)
}
