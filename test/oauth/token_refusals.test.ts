// What the token endpoint gives nothing for (ASVS 5.0 V10.4, RFC 9700 §4): wrong codes, wrong clients, wrong grants.
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { Browser } from './browser.ts'
import { callback, secrets } from './app.ts'
import {
  authorizeUrl, basic, challenge, codeFor, exchange, openScene, partner, post, type Scene,
} from './scene.ts' // prettier-ignore

type Form = Record<string, string>
type Headers = Readonly<Record<string, string>>

const robot = { authorization: basic('robot', secrets.ROBOT_SECRET) }
const machine = { grant_type: 'client_credentials' }
const without = (form: Form, name: string): Form =>
  Object.fromEntries(Object.entries(form).filter(([key]) => key !== name))

const urn = 'urn:ietf:params:oauth:grant-type:'
const assertion = {
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwYXJ0bmVyIn0.',
}
const bent = (code: string): string => `${code.startsWith('a') ? 'b' : 'a'}${code.slice(1)}`

/** What is sent in place of the exchange of a good code; `good` is the code. */
interface Vector {
  readonly form?: (good: string) => Form
  readonly headers?: Headers
  readonly path?: string
}

const codes: readonly (readonly [string, Vector, number, string | undefined])[] = [
  ['a wrong secret', { headers: { authorization: basic('partner', 'wrong') } }, 401, 'invalid_client'],
  ['no secret at all', { headers: {} }, 400, 'invalid_request'],
  ['the id alone', { headers: {}, form: (code) => exchange(code, { client_id: 'partner' }) }, 401, 'invalid_client'],
  ['an empty secret', { headers: { authorization: basic('partner', '') } }, 400, 'invalid_request'],
  [
    'the hash of the secret',
    { headers: { authorization: basic('partner', hash('sha256', secrets.PARTNER_SECRET, 'base64url')) } },
    401,
    'invalid_client',
  ],
  [
    'the secret of another',
    { headers: { authorization: basic('partner', secrets.ROBOT_SECRET) } },
    401,
    'invalid_client',
  ],
  ['a client nobody knows', { headers: { authorization: basic('nobody', 'x') } }, 401, 'invalid_client'],
  ['a bearer token for a secret', { headers: { authorization: 'Bearer abc' } }, 400, 'invalid_request'],
  ['what is no Basic', { headers: { authorization: 'Basic !' } }, 400, 'invalid_request'],
  [
    'two ways at once',
    { form: (code) => exchange(code, { client_secret: secrets.PARTNER_SECRET }) },
    400,
    'invalid_request',
  ],
  ['two clients at once', { form: (code) => exchange(code, { client_id: 'spa' }) }, 400, 'invalid_request'],
  ['an assertion', { headers: {}, form: (code) => exchange(code, assertion) }, 400, undefined],
  ['another client', { headers: robot }, 400, undefined],
  [
    'a client without a secret',
    { headers: {}, form: (code) => exchange(code, { client_id: 'spa' }) },
    400,
    'invalid_grant',
  ],
  ['no code', { form: (code) => without(exchange(code), 'code') }, 400, 'invalid_request'],
  ['a code of nobody', { form: () => exchange('a'.repeat(43)) }, 400, 'invalid_grant'],
  ['a bent code', { form: (code) => exchange(bent(code)) }, 400, 'invalid_grant'],
  ['a code with a blank', { form: (code) => exchange(`${code} `) }, 400, 'invalid_grant'],
  ['no verifier', { form: (code) => without(exchange(code), 'code_verifier') }, 400, 'invalid_grant'],
  ['an empty verifier', { form: (code) => exchange(code, { code_verifier: '' }) }, 400, 'invalid_grant'],
  ['another verifier', { form: (code) => exchange(code, { code_verifier: 'b'.repeat(43) }) }, 400, 'invalid_grant'],
  ['the challenge as verifier', { form: (code) => exchange(code, { code_verifier: challenge }) }, 400, 'invalid_grant'],
  ['a short verifier', { form: (code) => exchange(code, { code_verifier: 'b' }) }, 400, 'invalid_request'],
  ['no address', { form: (code) => without(exchange(code), 'redirect_uri') }, 400, 'invalid_request'],
  [
    'another address',
    { form: (code) => exchange(code, { redirect_uri: `${callback}?tenant=1` }) },
    400,
    'invalid_grant',
  ],
  [
    'a foreign address',
    { form: (code) => exchange(code, { redirect_uri: 'https://evil.example/' }) },
    400,
    'invalid_grant',
  ],
  ['no grant type', { form: (code) => without(exchange(code), 'grant_type') }, 400, 'invalid_request'],
  [
    'a password',
    { form: () => ({ grant_type: 'password', username: 'a', password: 'b' }) },
    400,
    'unsupported_grant_type',
  ],
  ['the implicit grant', { form: () => ({ grant_type: 'implicit' }) }, 400, 'unsupported_grant_type'],
  ['a device', { form: () => ({ grant_type: `${urn}device_code`, device_code: 'a' }) }, 400, 'unsupported_grant_type'],
  [
    'an assertion of others',
    { form: () => ({ grant_type: `${urn}jwt-bearer`, assertion: 'a' }) },
    400,
    'unsupported_grant_type',
  ],
  ['an exchange of tokens', { form: () => ({ grant_type: `${urn}token-exchange` }) }, 400, 'unsupported_grant_type'],
  ['a person where a machine is', { form: () => machine }, 400, 'invalid_request'],
  [
    'a code for a refresh',
    { form: (code) => ({ grant_type: 'refresh_token', refresh_token: code }) },
    400,
    'invalid_grant',
  ],
  ['the code in the address', { form: () => without(exchange(''), 'code'), path: '?code=' }, 400, 'invalid_request'],
  ['JSON', { headers: { ...partner, 'content-type': 'application/json' } }, 415, undefined],
  ['a body beyond all forms', { form: () => exchange('a'.repeat(20_000)) }, 413, undefined],
]
describe('a code is exchanged for nothing with', () => {
  const opened: { scene?: Scene; browser?: Browser; code?: string } = {}
  before(async () => {
    opened.scene = await openScene()
    opened.browser = opened.scene.browser()
    opened.code = await codeFor(opened.scene, authorizeUrl(), opened.browser)
  })
  after(() => opened.scene?.[Symbol.asyncDispose]())

  for (const [title, { form = exchange, headers = partner, path = '' }, status, error] of codes)
    test(title, async () => {
      const { scene, code = '' } = opened
      assert.ok(scene)

      const answer = await post(scene, `/oauth/token${path}`, form(code), headers)

      assert.deepEqual([answer.status, error === undefined ? undefined : answer.body['error']], [status, error])
      assert.equal(answer.body['access_token'], undefined)
      assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
    })

  test('nothing, where nothing was wrong with it: none of the above used it up', async () => {
    const { scene, code = '' } = opened
    assert.ok(scene)

    assert.equal((await post(scene, '/oauth/token', exchange(code))).status, 200)
  })
})
