// Applications that an administrator registers: the secret shown once, the addresses judged, all of it recorded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, role } from 'plinth'
import { member, testApp, type TestCaller } from 'plinth/testing'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { accounts } from '../../src/features/accounts/index.ts'

import { callback, club } from './app.ts'
import { ann, api, authorizeUrl, basic, codeFor, exchange, onBoth, openScene, post, type Scene } from './scene.ts'

const { clients: _declared, ...provider } = club.options.provider ?? {}
const small = app('club', club.parts as object, { ...club.options, provider })
const admin = role('admin')
const partner = { name: 'Partner', kind: 'server', redirectUris: [callback], scopes: ['openid', 'notes:read'] }

const register = (caller: TestCaller<typeof small>, body: object) =>
  caller.request('POST', '/api/v1/auth/clients', { body })

test('a client is registered with a secret that is shown once, listed without it, and taken away', async () => {
  await using run = await testApp(small)
  const boss = run.as(admin)

  const made = await register(boss, partner)
  const { id, secret } = made.body as { id: string; secret: string }
  const listed = await boss.request('GET', '/api/v1/auth/clients')
  const rotated = await boss.request('POST', `/api/v1/auth/clients/${id}/rotate`)
  const gone = await boss.request('DELETE', `/api/v1/auth/clients/${id}`)

  assert.equal(made.status, 201)
  assert.match(secret, /^plc_\w{49}$/)
  assert.ok(!JSON.stringify(listed.body).includes(secret))
  assert.match(JSON.stringify(listed.body), /"secretHint":"plc_/)
  assert.notEqual((rotated.body as { secret: string }).secret, secret)
  assert.deepEqual([listed.status, rotated.status, gone.status], [200, 200, 204])
})

test('who is no administrator registers nothing and sees nothing', async () => {
  await using run = await testApp(small)
  for (const [caller, status] of [
    [run.as(member), 403],
    [run.anonymous, 401],
  ] as const) {
    assert.equal((await register(caller, partner)).status, status)
    assert.equal((await caller.request('GET', '/api/v1/auth/clients')).status, status)
  }
})

test('what is half said or wrong is refused at its place', async () => {
  await using run = await testApp(small)
  const boss = run.as(admin)
  const wrong: readonly (readonly [object, string])[] = [
    [{ redirectUris: [] }, '/redirectUris'],
    [{ redirectUris: 'https://partner.example/' }, '/redirectUris'],
    [{ redirectUris: [callback, 'http://partner.example/'] }, '/redirectUris/1'],
    [{ redirectUris: [`${callback}#x`] }, '/redirectUris/0'],
    [{ redirectUris: ['https://*.partner.example/'] }, '/redirectUris/0'],
    [{ redirectUris: ['https://user@partner.example/'] }, '/redirectUris/0'],
    [{ postLogoutRedirectUris: ['javascript:alert(1)'] }, '/postLogoutRedirectUris/0'],
    [{ scopes: [] }, '/scopes'],
    [{ scopes: ['openid', 'everything'] }, '/scopes'],
    [{ scopes: ['auth:read'] }, '/scopes'],
    [{ roles: ['staff'] }, '/roles'],
    [{ kind: 'machine' }, '/redirectUris'],
    [{ kind: 'machine', redirectUris: [], scopes: ['openid'] }, '/scopes'],
    [{ kind: 'machine', redirectUris: [], scopes: [], roles: ['Not A Role'] }, '/roles'],
    [{ kind: 'browser', introspects: true }, '/introspects'],
  ]
  for (const [said, pointer] of wrong) {
    const { status, body } = await register(boss, { ...partner, ...said })
    const { errors } = body as { errors: { pointer: string }[] }
    assert.deepEqual([status, errors.map((one) => one.pointer)], [422, [pointer]], JSON.stringify(said))
  }
  assert.equal(((await boss.request('GET', '/api/v1/auth/clients')).body as { data: [] }).data.length, 0)
  const open = (await register(boss, { ...partner, kind: 'native', redirectUris: ['com.example.app:/cb'] })).body
  const { id, secret } = open as { id: string; secret: string | null }
  assert.equal(secret, null)
  assert.equal((await boss.request('POST', `/api/v1/auth/clients/${id}/rotate`)).status, 409)
})

/** A token of the first administrator, who is an account as any other. */
async function adminToken({ house }: Scene): Promise<string> {
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  await transact(house, deed, {}, async (tx) => {
    const [account] = await tx.find(accounts, { email: ann })
    if (account !== undefined) await tx.update(accounts, account.id, { roles: ['admin'] })
  })
  const answer = await fetch(`${house.services.publicUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ann, password: 'seven wild geese fly north' }),
  })
  return ((await answer.json()) as { accessToken: string }).accessToken
}

onBoth('a registered client signs people in; rotated, by the new secret; deleted, not at all', async (scene) => {
  const token = await adminToken(scene)
  const made = await api(scene, token, 'auth/clients', { method: 'POST', body: JSON.stringify(partner) })
  const { id, secret } = (await made.json()) as { id: string; secret: string }
  const browser = scene.browser()
  const start = authorizeUrl({ client_id: id, scope: 'openid notes:read' })
  const ask = async (by: string, more = {}) =>
    post(
      scene,
      '/oauth/token',
      { ...exchange(await codeFor(scene, start, browser)), ...more },
      { authorization: basic(id, by) },
    )

  const first = await ask(secret)
  const rotated = (await (await api(scene, token, `auth/clients/${id}/rotate`, { method: 'POST' })).json()) as {
    secret: string
  }
  const [old, fresh] = [await ask(secret), await ask(rotated.secret)]
  const access = String(fresh.body['access_token'])

  assert.deepEqual([first.status, old.status, old.body['error'], fresh.status], [200, 401, 'invalid_client', 200])
  assert.equal((await api(scene, access, 'notes')).status, 200)
  assert.equal((await api(scene, token, `auth/clients/${id}`, { method: 'DELETE' })).status, 204)
  scene.clock.advance(1_001)
  assert.equal((await api(scene, access, 'notes')).status, 401)
  assert.equal((await browser.get(start)).status, 400)
})

test('a token of the OAuth server registers nothing, whatever its owner may do', async () => {
  await using scene = await openScene()
  await adminToken(scene)
  const own = authorizeUrl({ client_id: 'own', redirect_uri: 'https://own.example/cb', scope: 'openid read write' })
  const form = exchange(await codeFor(scene, own), { client_id: 'own', redirect_uri: 'https://own.example/cb' })
  const { body } = await post(scene, '/oauth/token', form, {})

  const made = await api(scene, String(body['access_token']), 'auth/clients', {
    method: 'POST',
    body: JSON.stringify(partner),
  })

  assert.equal(made.status, 403)
})
