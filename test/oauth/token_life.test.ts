// What ends a token, and what a token is not for: replays, foreign hands, sign-outs, deactivation, time.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { accounts, sessions } from '../../src/features/accounts/index.ts'
import { mailboxOf } from '../../src/features/mail/index.ts'
import { settle } from '../../src/testing/settle.ts'
import { secrets } from './app.ts'
import {
  ann, api, authorizeUrl, basic, codeFor, exchange, onBoth, openScene, partner, password, post, type Scene, type Tokens,
  tokensFor, verifier,
} from './scene.ts' // prettier-ignore

const refresh = (token: string, more: object = {}): Record<string, string> => ({
  grant_type: 'refresh_token',
  refresh_token: token,
  ...more,
})
const robot = { authorization: basic('robot', secrets.ROBOT_SECRET) }
const deed = { operation: 'test', caller: noOne, origin: fromInside }

/** Is the access token good, at the API, at userinfo and when it is asked about? */
async function isGood(scene: Scene, { access_token: token }: Tokens): Promise<boolean> {
  scene.clock.advance(1_001) // what another process may remember is forgotten by then
  const info = await fetch(`${scene.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  const told = await post(scene, '/oauth/introspect', { token })
  const answers = [(await api(scene, token, 'notes')).status === 200, info.status === 200, told.body['active']]
  assert.equal(new Set(answers).size, 1, JSON.stringify(answers))
  return answers[0] === true
}

onBoth('a code that comes twice takes along what it was exchanged for', async (scene) => {
  const code = await codeFor(scene)
  const first = await post(scene, '/oauth/token', exchange(code))
  const tokens = first.body as unknown as Tokens
  assert.ok(await isGood(scene, tokens))

  const second = await post(scene, '/oauth/token', exchange(code))

  assert.deepEqual([first.status, second.status, second.body['error']], [200, 400, 'invalid_grant'])
  assert.equal(await isGood(scene, tokens), false)
  assert.equal((await post(scene, '/oauth/token', refresh(tokens.refresh_token))).status, 400)
  await settle(scene.house)
  const letters = (await mailboxOf(scene.house))?.list() ?? []
  assert.match(letters[0]?.text ?? '', /used again/)
})

onBoth('a refresh token that comes twice ends the family, and a chain of them does not', async (scene) => {
  const first = await tokensFor(scene)
  const second = (await post(scene, '/oauth/token', refresh(first.refresh_token))).body as unknown as Tokens
  const third = (await post(scene, '/oauth/token', refresh(second.refresh_token))).body as unknown as Tokens
  assert.ok(await isGood(scene, third))

  const again = await post(scene, '/oauth/token', refresh(first.refresh_token))

  assert.deepEqual([again.status, again.body['error']], [400, 'invalid_grant'])
  assert.equal(await isGood(scene, third), false)
  assert.equal((await post(scene, '/oauth/token', refresh(third.refresh_token))).status, 400)
})

describe('a refresh gives nothing for', () => {
  const refused: readonly (readonly [
    string,
    (of: Tokens) => Record<string, string>,
    Record<string, string>,
    string,
  ])[] = [
    ['no client', ({ refresh_token: token }) => refresh(token), {}, 'invalid_request'],
    ['the id alone', ({ refresh_token: t }) => refresh(t, { client_id: 'partner' }), {}, 'invalid_client'],
    [
      'a wrong secret',
      ({ refresh_token: t }) => refresh(t),
      { authorization: basic('partner', 'x') },
      'invalid_client',
    ],
    ['a client without a secret', ({ refresh_token: t }) => refresh(t, { client_id: 'spa' }), {}, 'invalid_grant'],
    ['a machine', ({ refresh_token: t }) => refresh(t), robot, 'invalid_request'],
    ['no token', () => ({ grant_type: 'refresh_token' }), partner, 'invalid_request'],
    ['an access token', ({ access_token: t }) => refresh(t), partner, 'invalid_grant'],
    ['an ID token', ({ id_token: t }) => refresh(t), partner, 'invalid_grant'],
    ['a token of nobody', () => refresh('a'.repeat(43)), partner, 'invalid_grant'],
    [
      'more than was granted',
      ({ refresh_token: t }) => refresh(t, { scope: 'openid notes:write' }),
      partner,
      'invalid_scope',
    ],
  ]
  test('what is not the right token in the right hands; and it stays good', async () => {
    await using scene = await openScene()
    const tokens = await tokensFor(scene)

    for (const [title, form, headers, error] of refused) {
      const answer = await post(scene, '/oauth/token', form(tokens), headers)
      assert.ok([400, 401].includes(answer.status), title)
      assert.equal(answer.body['error'], error, title)
    }
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      assert.equal((await fetch(`${scene.url}/oauth/token`, { method })).status, 405, method)

    assert.equal((await post(scene, '/oauth/token', refresh(tokens.refresh_token))).status, 200) // the control
  })
})

type End = (scene: Scene) => Promise<void>

const change =
  (run: Parameters<typeof transact<void>>[3]): End =>
  ({ house }) =>
    transact(house, deed, {}, run)

const ends: readonly (readonly [string, End])[] = [
  ['the session is ended', change(async (tx) => {
    for (const { id } of await tx.find(sessions, {})) await tx.delete(sessions, id)
  })],
  ['the account is deactivated', change(async (tx) => {
    const [account] = await tx.find(accounts, { email: ann })
    if (account !== undefined) await tx.update(accounts, account.id, { state: 'deactivated' })
  })],
  ['the consent is taken back', async (scene) => {
    const own = await signIn(scene)
    const { data } = (await (await api(scene, own, 'auth/consents')).json()) as { data: { id: string }[] }
    assert.equal(data.length, 1)
    assert.equal((await api(scene, own, `auth/consents/${data[0]?.id}`, { method: 'DELETE' })).status, 204)
  }],
  ['the password is changed', async (scene) => {
    const body = JSON.stringify({ current: password, password: 'another wild goose flies south' })
    const own = await signIn(scene)
    assert.equal((await api(scene, own, 'auth/password/change', { method: 'POST', body })).status, 204)
  }],
] // prettier-ignore

async function signIn({ url }: Scene): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ email: ann, password })
  const answer = await fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers, body })
  return ((await answer.json()) as { accessToken: string }).accessToken
}

for (const [title, end] of ends)
  test(`a token, its refresh token and a code on its way end when ${title}`, async () => {
    await using scene = await openScene()
    const browser = scene.browser()
    const tokens = await tokensFor(scene, authorizeUrl(), browser)
    const code = await codeFor(scene, authorizeUrl(), browser)
    assert.ok(await isGood(scene, tokens))

    await end(scene)

    assert.equal(await isGood(scene, tokens), false)
    assert.equal((await post(scene, '/oauth/token', refresh(tokens.refresh_token))).body['error'], 'invalid_grant')
    assert.equal((await post(scene, '/oauth/token', exchange(code))).body['error'], 'invalid_grant')
  })

test('a code is good for a minute, an access token for ten', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  const tokens = await tokensFor(scene, authorizeUrl(), browser)
  const code = await codeFor(scene, authorizeUrl(), browser)

  scene.clock.advance(60_000)
  assert.equal((await post(scene, '/oauth/token', exchange(code))).body['error'], 'invalid_grant')
  assert.ok(await isGood(scene, tokens))
  scene.clock.advance(9 * 60_000)
  assert.equal(await isGood(scene, tokens), false)
  assert.equal((await post(scene, '/oauth/token', refresh(tokens.refresh_token))).status, 200)
})

test('a token is asked about and revoked by whoever it was given to, and by a gate', async () => {
  await using scene = await openScene()
  const tokens = await tokensFor(scene)
  const token = tokens.access_token
  const gate = { authorization: basic('gate', secrets.GATE_SECRET) }
  const asked = async (form: Record<string, string>, headers: Record<string, string>) =>
    (await post(scene, '/oauth/introspect', form, headers)).body['active']

  assert.equal(await asked({ token }, gate), true)
  assert.equal(await asked({ token }, robot), false)
  assert.equal(await asked({ token, client_id: 'spa' }, {}), false)
  assert.equal(await asked({ token: tokens.id_token }, gate), undefined)
  assert.ok([400, 401].includes((await post(scene, '/oauth/introspect', { token }, {})).status))
  assert.ok([400, 401].includes((await post(scene, '/oauth/revoke', { token }, {})).status))
  assert.equal((await post(scene, '/oauth/revoke', { token }, robot)).status, 400)
  assert.ok(await isGood(scene, tokens))
  assert.equal((await post(scene, '/oauth/revoke', { token })).status, 200)
  assert.equal(await isGood(scene, tokens), false)
  assert.equal((await post(scene, '/oauth/revoke', { token })).status, 200) // RFC 7009 §2.2: gone already is fine
})

test('a token comes in the one header, and who may not know the person is not told', async () => {
  await using scene = await openScene()
  const { access_token: plain } = await tokensFor(scene, authorizeUrl({ scope: 'notes:read', nonce: undefined }))
  const machine = await post(scene, '/oauth/token', { grant_type: 'client_credentials', scope: 'notes:read' }, robot)
  const info = async (token: unknown) =>
    (await fetch(`${scene.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${String(token)}` } })).status

  assert.equal((await fetch(`${scene.url}/oauth/userinfo?access_token=${plain}`)).status, 400)
  assert.equal((await fetch(`${scene.url}/api/v1/notes?access_token=${plain}`)).status, 400)
  assert.equal(await info(plain), 403)
  assert.equal(await info(machine.body['access_token']), 401)
})

test('a machine gets what it is registered for and nothing else', async () => {
  await using scene = await openScene()
  const asked = async (scope: string, headers = robot) => {
    const answer = await post(scene, '/oauth/token', { grant_type: 'client_credentials', scope }, headers)
    return answer.body['error'] ?? answer.body['scope']
  }

  assert.equal(await asked('notes:read'), 'notes:read')
  assert.equal(await asked('write'), 'invalid_scope')
  assert.equal(await asked('openid'), 'invalid_scope')
  assert.equal(await asked('notes:read', partner), 'invalid_request')
  const strange = await post(scene, '/oauth/token', { grant_type: 'client_credentials', scope: 'strange' }, robot)
  assert.equal((await api(scene, String(strange.body['access_token']), 'notes')).status, 403)
})

test('a request that was pushed is used once', async () => {
  await using scene = await openScene()
  const said = Object.fromEntries(new URL(authorizeUrl(), scene.url).searchParams)
  const pushed = await post(scene, '/oauth/par', said)
  assert.equal(pushed.status, 201, JSON.stringify(pushed.body))
  const named = { client_id: 'partner', request_uri: String(pushed.body['request_uri']) }
  const start = `/oauth/authorize?${new URLSearchParams(named).toString()}`
  const browser = scene.browser()

  const code = await codeFor(scene, start, browser)
  const again = await browser.get(start)

  assert.equal((await post(scene, '/oauth/token', exchange(code, { code_verifier: verifier }))).status, 200)
  assert.doesNotMatch(again.location ?? '', /code=/)
})
