// Access tokens say what they were asked to say, to us and to others, until they expire or their key is gone.
import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import { headerOf, signAccessToken, type AccessToken } from './access_token.ts'
import { jwksOf } from './keyset.ts'
import { grant, party, scene } from './test_keys.ts'
import { createVerifier } from './verifier.ts'

for (const algorithm of ['EdDSA', 'ES256'] as const) {
  describe(`access tokens of ${algorithm}`, () => {
    const { clock, keyset, sign } = scene(algorithm)
    const verify = createVerifier({ keyset, party, clock })

    test('a token says what was asked for, and lives ten minutes', () => {
      const said = verify(sign())

      const nowMs = clock.ms()
      deepEqual(said, { ...grant, issuedMs: nowMs, expiresMs: nowMs + 600_000 } satisfies AccessToken)
    })

    test('another library reads it by the published keys', async () => {
      const jwks = createLocalJWKSet({ keys: jwksOf(keyset).keys.map((jwk) => ({ ...jwk })) })

      const { payload, protectedHeader } = await jwtVerify(sign(), jwks, {
        ...party,
        typ: 'at+jwt',
        algorithms: [algorithm],
        currentDate: clock.now(),
        requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
      })

      equal(protectedHeader.alg, algorithm)
      equal(payload['sid'], grant.session)
      equal(payload['scope'], 'orders:read orders:write')
      equal(
        await calculateJwkThumbprint({ ...keyset.signing.jwk, kty: keyset.signing.jwk['kty'] ?? '' }),
        keyset.signing.kid,
      )
    })

    test('one signed by another library with our key and our header is taken', async () => {
      const seconds = Math.floor(clock.ms() / 1000)
      const claims = { sid: 's', client_id: 'c', scope: '', auth_time: seconds, amr: [] }
      const foreign = (subject: string) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid: keyset.signing.kid })
          .setIssuer(party.issuer)
          .setAudience(party.audience)
          .setSubject(subject)
          .setIssuedAt(seconds)
          .setExpirationTime(seconds + 60)
          .sign(keyset.signing.privateKey)
      const said = await Promise.all(Array.from({ length: 32 }, async (_, at) => verify(await foreign(`person ${at}`))))

      // ECDSA has two signatures of everything, and others take either; we take the one we make.
      const refused = said.filter((one) => typeof one === 'string')
      equal(
        said.some((one) => typeof one === 'object'),
        true,
      )
      deepEqual(new Set(refused), new Set(algorithm === 'EdDSA' ? [] : ['bad_signature']))
    })

    test('it expires after its time and the skew, though it was verified before', () => {
      const { clock, keyset, sign } = scene(algorithm)
      const verify = createVerifier({ keyset, party, clock })
      const token = sign()
      equal(typeof verify(token), 'object')

      clock.advance(600_000 + 59_999)
      equal(typeof verify(token), 'object')
      clock.advance(1)
      equal(verify(token), 'expired')
    })

    test('a clock set back before its making refuses it, beyond the skew', () => {
      const { clock, keyset, sign } = scene(algorithm)
      const verify = createVerifier({ keyset, party, clock })
      const token = sign()
      equal(typeof verify(token), 'object')

      clock.advance(-60_000)
      equal(typeof verify(token), 'object')
      clock.advance(-7_200_000)
      equal(verify(token), 'too_early')
    })

    test('no life beyond a day is signed', () => {
      const said = verify(sign({}, keyset.signing, 365 * 86_400_000))

      equal(typeof said === 'object' && said.expiresMs - said.issuedMs, 86_400_000)
    })

    test('two tokens of one grant in one second are two texts', () => {
      notEqual(sign(), sign())
    })

    test('a token of another party is refused', () => {
      const { clock, random } = scene(algorithm, 9)
      const means = { nowMs: clock.ms(), random }

      equal(verify(signAccessToken(keyset.signing, { ...party, audience: 'other' }, grant, means)), 'bad_claims')
      equal(verify(signAccessToken(keyset.signing, { ...party, issuer: 'other' }, grant, means)), 'bad_claims')
    })

    test('the header is a constant of the key', () => {
      match(sign(), new RegExp(`^${headerOf(keyset.signing)}\\.`))
    })
  })
}
