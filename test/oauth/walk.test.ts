// The whole way of a person to an application and back, with a certified client on the other side.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'
import { callback, secrets } from './app.ts'
import {
  ann, api, authorizeUrl, codeFor, exchange, onBoth, openScene, post, reach, tokensFor, verifier, walk,
} from './scene.ts' // prettier-ignore

onBoth('a certified client signs somebody in, acts, refreshes, asks, and signs out', async (scene) => {
  const { url } = scene
  const options = { execute: [client.allowInsecureRequests] }
  const config = await client.discovery(new URL(url), 'partner', secrets.PARTNER_SECRET, undefined, options)
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const asked = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid email offline_access notes:read notes:write',
    prompt: 'consent',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  })
  const browser = scene.browser()

  const back = await walk(scene, browser, asked.href)
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  const tokens = await client.authorizationCodeGrant(config, back, checks)

  assert.equal(back.searchParams.get('iss'), url)
  const claims = tokens.claims()
  assert.ok(claims && tokens.refresh_token)
  assert.deepEqual([claims.iss, claims.aud], [url, 'partner'])
  const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
  assert.deepEqual([info['email'], info['email_verified']], [ann, true])
  const made = await api(scene, tokens.access_token, 'notes', { method: 'POST', body: '{"text":"by a partner"}' })
  assert.equal(made.status, 201, await made.text())
  const next = await client.refreshTokenGrant(config, tokens.refresh_token)
  assert.notEqual(next.refresh_token, tokens.refresh_token)
  assert.equal((await client.tokenIntrospection(config, next.access_token)).active, true)
  await client.tokenRevocation(config, next.refresh_token ?? '')
  assert.equal((await client.tokenIntrospection(config, next.access_token)).active, false)
  assert.equal((await api(scene, next.access_token, 'notes')).status, 401)
  const signOut = client.buildEndSessionUrl(config, {
    post_logout_redirect_uri: 'https://partner.example/bye',
    id_token_hint: tokens.id_token ?? '',
    state: 'left',
  })
  const { page } = await reach(browser, url, signOut.href)
  const left = await browser.post('/oauth/end-session/confirm', { ...page.fields, logout: 'yes' })
  assert.equal(left.location, 'https://partner.example/bye?state=left')
  assert.match((await reach(browser, url, authorizeUrl())).page.text, /name="password"/)
})

test('what was allowed is not asked for again, more is, and a refusal goes back as one', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  await codeFor(scene, authorizeUrl(), browser)

  const again = await browser.get(authorizeUrl())
  const more = await reach(browser, scene.url, authorizeUrl({ scope: 'openid notes:write' }))
  const refused = await browser.post(more.address, { ...more.page.fields, decision: 'no' })
  const end = await reach(browser, scene.url, refused.location ?? '')

  assert.match(again.location ?? '', /^https:\/\/partner\.example\/callback\?code=/)
  assert.match(more.page.text, /Partner &amp; &lt;Co&gt; wants to:.*Change notes/)
  const { searchParams } = new URL(end.page.location ?? '')
  assert.deepEqual(
    ['error', 'state', 'iss', 'code'].map((name) => searchParams.get(name)),
    ['access_denied', 'state-of-the-test', scene.url, null],
  )
})

test('one of our own is asked for nothing, and another browser signs in by itself', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  const own = authorizeUrl({ client_id: 'own', redirect_uri: 'https://own.example/cb', scope: 'openid read' })
  const { page, address } = await reach(browser, scene.url, own)

  const form = { ...page.fields, email: ann, password: 'seven wild geese fly north', decision: 'yes' }
  const signedIn = await browser.post(address, form)
  const end = await reach(browser, scene.url, signedIn.location ?? '')

  assert.equal(signedIn.status, 303)
  assert.match(end.page.location ?? '', /^https:\/\/own\.example\/cb\?code=/)
  assert.match((await reach(scene.browser(), scene.url, own)).page.text, /name="password"/)
})

test('a machine acts with its own roles, as far as its scopes go', async () => {
  await using scene = await openScene()
  const secret = { client_id: 'robot', client_secret: secrets.ROBOT_SECRET }

  const asked = { grant_type: 'client_credentials', scope: 'signs:write notes:read', ...secret }
  const answer = await post(scene, '/oauth/token', asked, {})
  const token = String(answer.body['access_token'])
  const calls = [
    await api(scene, token, 'signs', { method: 'POST', body: '{"text":"open"}' }),
    await api(scene, token, 'notes'),
    await api(scene, token, 'signs'),
    await api(scene, token, 'people'),
    await api(scene, token, 'auth/me'),
  ]

  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  assert.equal(answer.body['refresh_token'], undefined)
  assert.deepEqual(
    calls.map(({ status }) => status),
    [201, 200, 403, 403, 403],
  )
  assert.equal(calls[2]?.headers.get('www-authenticate'), 'Bearer error="insufficient_scope", scope="signs:read"')
})

test('scopes narrow what a person may do, in batches and expansions too, and never reach the account', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  const { access_token: reader } = await tokensFor(scene, authorizeUrl(), browser)
  const { access_token: writer } = await tokensFor(scene, authorizeUrl({ scope: 'openid notes:write' }), browser)
  const { access_token: nobody } = await tokensFor(scene, authorizeUrl({ scope: 'openid' }), browser)
  const note = { method: 'POST', body: '{"text":"one"}' }

  assert.equal((await api(scene, writer, 'notes', note)).status, 201)
  assert.equal((await api(scene, reader, 'notes', note)).status, 403)
  assert.equal((await api(scene, nobody, 'notes')).status, 403)
  const batch = {
    method: 'POST',
    body: JSON.stringify({ operations: [{ method: 'POST', path: '/api/v1/notes', body: { text: 'two' } }] }),
  }
  assert.equal((await api(scene, reader, 'batch', batch)).status, 403)
  const shown = (await (await api(scene, reader, 'notes?expand=writer')).json()) as { data: { writer: object }[] }
  assert.deepEqual(
    shown.data.map(({ writer: who }) => Object.keys(who)),
    [['id']],
  )
  for (const path of ['auth/me', 'auth/sessions', 'auth/consents', 'auth/mfa', 'people'])
    assert.equal((await api(scene, reader, path)).status, 403, path)
})

test('an ID token is no access token, and an access token of the API is none here', async () => {
  await using scene = await openScene()
  const { id_token: idToken, refresh_token: refreshToken } = await tokensFor(scene)
  const signIn = await fetch(`${scene.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ann, password: 'seven wild geese fly north' }),
  })
  const { accessToken } = (await signIn.json()) as { accessToken: string }

  assert.equal((await api(scene, idToken, 'notes')).status, 401)
  assert.equal((await api(scene, refreshToken, 'notes')).status, 401)
  const info = await fetch(`${scene.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } })
  assert.equal(info.status, 401)
  assert.equal((await api(scene, accessToken, 'notes')).status, 200) // the control
})

test('a verifier is asked of an application that keeps a secret, too', async () => {
  await using scene = await openScene()
  const code = await codeFor(scene)

  const { code_verifier: _left, ...without } = exchange(code)
  const answer = await post(scene, '/oauth/token', without)

  assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_grant'])
  assert.equal((await post(scene, '/oauth/token', exchange(code, { code_verifier: verifier }))).status, 200)
})
