// What an authorization request may not say (ASVS 5.0 V10.4, RFC 9700 §2.1): nobody gets a code for it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { authorizeUrl, codeFor, openScene, type Scene } from './scene.ts'

type Said = Readonly<Record<string, string | undefined>>

/** Told to the application, by the error that is named; `page`: told to the person, and nobody is sent anywhere. */
const vectors: readonly (readonly [string, Said | string, string])[] = [
  ['a client nobody knows', { client_id: 'nobody' }, 'page'],
  ['no client', { client_id: undefined }, 'page'],
  ['a client id with other case', { client_id: 'Partner' }, 'page'],
  ['a client id that is a list', `${authorizeUrl()}&client_id=spa`, 'page'],
  ['no address to go back to', { redirect_uri: undefined }, 'page'],
  ['two addresses to go back to', `${authorizeUrl()}&redirect_uri=https%3A%2F%2Fevil.example%2F`, 'page'],
  ['the address of another client', { redirect_uri: 'https://spa.example/cb' }, 'page'],
  ['the address of a sign-out', { redirect_uri: 'https://partner.example/bye' }, 'page'],
  ['a machine', { client_id: 'robot', scope: 'notes:read' }, 'page'],
  ['no response type', { response_type: undefined }, 'invalid_request'],
  ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
  ['an ID token in the address', { response_type: 'id_token' }, 'unsupported_response_type'],
  ['a hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
  ['a hybrid flow with a token', { response_type: 'code token' }, 'unsupported_response_type'],
  ['everything at once', { response_type: 'code id_token token' }, 'unsupported_response_type'],
  ['no answer at all', { response_type: 'none' }, 'unsupported_response_type'],
  ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ['a method without a challenge', { code_challenge: undefined }, 'invalid_request'],
  ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['a challenge of no method, which means plain', { code_challenge_method: undefined }, 'invalid_request'],
  ['a method in lower case', { code_challenge_method: 's256' }, 'invalid_request'],
  ['a short challenge', { code_challenge: 'short' }, 'invalid_request'],
  ['a challenge with strange signs', { code_challenge: `${'a'.repeat(42)}/` }, 'invalid_request'],
  ['a challenge that is too long', { code_challenge: 'a'.repeat(129) }, 'invalid_request'],
  ['a scope that is not its own', { scope: 'openid write' }, 'invalid_scope'],
  ['a scope with strange signs', { scope: 'openid "' }, 'invalid_scope'],
  ['a strange response mode', { response_mode: 'cookie' }, 'unsupported_response_mode'],
  ['nobody asked, and nobody there', { prompt: 'none' }, 'login_required'],
  ['nothing asked, and consent', { prompt: 'none consent' }, 'invalid_request'],
  ['a strange prompt', { prompt: 'create' }, 'invalid_request'],
  ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
  ['a request by an address', { request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
  ['a pushed request of nobody', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request_uri'],
  ['a registration inside', { registration: '{}' }, 'registration_not_supported'],
  ['a hint that nobody signed', { id_token_hint: 'eyJhbGciOiJub25lIn0.e30.' }, 'invalid_request'],
  ['an age below zero', { max_age: '-1' }, 'invalid_request'],
  ['two states', `${authorizeUrl()}&state=other`, 'invalid_request'],
  ['two challenges', `${authorizeUrl()}&code_challenge=other`, 'invalid_request'],
  ['two scopes', `${authorizeUrl()}&scope=openid`, 'invalid_request'],
]

describe('an authorization request is refused with', () => {
  const opened: { scene?: Scene } = {}
  before(async () => {
    opened.scene = await openScene()
  })
  after(() => opened.scene?.[Symbol.asyncDispose]())

  for (const [title, asked, expected] of vectors)
    test(title, async () => {
      const { scene } = opened
      assert.ok(scene)
      const page = await scene.browser().get(typeof asked === 'string' ? asked : authorizeUrl(asked))

      assert.deepEqual([refusalOf(page.location), page.status], [expected, expected === 'page' ? 400 : 303], page.text)
      if (expected === 'page') return
      const said = saidIn(page.location ?? '')
      assert.equal(new URL(page.location ?? '').origin, 'https://partner.example')
      // RFC 9207: who is attacked by a mix-up sees who answered, also where the answer is a no.
      assert.equal(said.get('iss'), scene.url)
      assert.equal(said.get('code'), null)
    })

  test('nothing, where nothing is wrong with it', async () => {
    const { scene } = opened
    assert.ok(scene)
    assert.match(await codeFor(scene), /^[\w-]{43}$/)
  })

  test('a method that is not GET', async () => {
    const { scene } = opened
    const answer = await fetch(`${scene?.url}${authorizeUrl()}`, { method: 'POST', redirect: 'manual' })
    assert.equal(answer.status, 405)
  })
})

const refusalOf = (location: string | undefined): string | null =>
  location === undefined ? 'page' : saidIn(location).get('error')

/** What an address says; flows through the browser's front say it behind the #. */
const saidIn = (location: string): URLSearchParams => {
  const { search, hash } = new URL(location)
  return new URLSearchParams(search === '' ? hash.slice(1) : search)
}
