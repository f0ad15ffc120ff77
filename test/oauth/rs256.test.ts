// RS256, which every OpenID provider must know: for clients that ask for it, by keys that are kept as the others are.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { transact } from '../../src/call/transact.ts'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { signingKeys } from '../../src/features/accounts/index.ts'
import { loadOauthLibrary } from '../../src/features/oauth/library.ts'
import { idKeysetsOf, remake } from '../../src/features/oauth/service.ts'
import { callback, secrets } from './app.ts'
import {
  api, authorizeUrl, basic, codeFor, exchange, onBoth, openScene, post, type Scene, type Tokens, tokensFor, walk,
} from './scene.ts' // prettier-ignore

const classic = { authorization: basic('classic', secrets.PARTNER_SECRET) }
const start = authorizeUrl({ client_id: 'classic' })
const day = 86_400_000

async function classicTokens(scene: Scene): Promise<Tokens> {
  const { status, body } = await post(scene, '/oauth/token', exchange(await codeFor(scene, start)), classic)
  assert.equal(status, 200, JSON.stringify(body))
  return body as unknown as Tokens // RFC 6749 §5.1
}

const told = async ({ url }: Scene): Promise<string[]> => {
  const answer = await fetch(`${url}/.well-known/openid-configuration`)
  return ((await answer.json()) as Record<string, string[]>)['id_token_signing_alg_values_supported'] ?? []
}

/** Verifies an ID token by what is published, with one algorithm and no other; the library signs by the real time. */
const verified = ({ url }: Scene, token: string, audience: string, algorithm: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`)), {
    algorithms: [algorithm],
    audience,
    issuer: url,
  })

onBoth('who asks for RS256 gets it, who does not gets ES256, and both are told of', async (scene) => {
  const [old, usual] = [await classicTokens(scene), await tokensFor(scene)]

  assert.deepEqual((await told(scene)).toSorted(), ['ES256', 'RS256'])
  assert.equal((await verified(scene, old.id_token, 'classic', 'RS256')).protectedHeader.alg, 'RS256')
  assert.equal((await verified(scene, usual.id_token, 'partner', 'ES256')).protectedHeader.alg, 'ES256')
  await assert.rejects(verified(scene, old.id_token, 'classic', 'ES256'))
  await assert.rejects(verified(scene, usual.id_token, 'partner', 'RS256'))
  for (const { access_token: token } of [old, usual]) assert.match(token, /^[\w-]{43}$/)
})

test('a certified client that takes nothing but RS256 signs somebody in', async () => {
  await using scene = await openScene()
  const options = { execute: [client.allowInsecureRequests] }
  const said = { id_token_signed_response_alg: 'RS256', client_secret: secrets.PARTNER_SECRET }
  const config = await client.discovery(new URL(scene.url), 'classic', said, undefined, options)
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const asked = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })

  const back = await walk(scene, scene.browser(), asked.href)
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier, idTokenExpected: true })

  assert.equal(tokens.claims()?.aud, 'classic')
})

test('its keys turn every 90 days, each published long before it signs', async () => {
  await using scene = await openScene()
  const first = (await classicTokens(scene)).id_token
  const published = JSON.stringify(await (await fetch(`${scene.url}/.well-known/jwks.json`)).json())

  scene.clock.advance(91 * day)
  const second = (await classicTokens(scene)).id_token

  const [before, after] = [first, second].map((token) => decodeProtectedHeader(token))
  assert.notEqual(before?.kid, after?.kid)
  assert.ok(published.includes(String(before?.kid)) && published.includes(String(after?.kid)))
  assert.doesNotMatch(published, /"(?:d|p|q|dp|dq|qi)":/)
  assert.equal((await verified(scene, second, 'classic', 'RS256')).protectedHeader.alg, 'RS256')
})

onBoth('its private halves are sealed in the database, and no other process makes keys of its own', async (scene) => {
  await classicTokens(scene)
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  const rows = await transact(scene.house, deed, {}, (tx) => tx.find(signingKeys, { algorithm: 'RS256' }))
  const [, keyset] = await idKeysetsOf(scene.house)

  assert.equal(rows.length, 2)
  assert.equal(keyset?.signing.algorithm, 'RS256')
  const { d = '', p = '', q = '' } = keyset.signing.privateKey.export({ format: 'jwk' })
  for (const { sealed } of rows) {
    assert.match(sealed, /^v1\./)
    for (const part of [d, p, q]) assert.ok(part.length > 100 && !JSON.stringify(rows).includes(part))
  }
})

test('an ID token signed with RS256 is no access token', async () => {
  await using scene = await openScene()
  const { id_token: token } = await classicTokens(scene)

  assert.equal((await api(scene, token, 'notes')).status, 401)
  assert.equal((await api(scene, token, 'auth/me')).status, 401)
})

test('the control: without those keys ES256 alone is told of, and who wants RS256 gets nothing', async () => {
  await using scene = await openScene()
  const [elliptic] = await idKeysetsOf(scene.house)
  assert.ok(elliptic)
  const code = await codeFor(scene, start)
  remake({ house: scene.house, library: await loadOauthLibrary(), keysets: [elliptic] })

  assert.deepEqual(await told(scene), ['ES256'])
  assert.notEqual((await post(scene, '/oauth/token', exchange(code), classic)).status, 200)
})
