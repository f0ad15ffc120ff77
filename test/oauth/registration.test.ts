// Applications that register themselves: off unless said, by a token of an administrator, so many and for so long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { entries } from '../../src/features/audit/nouns.ts'
import { clients, registrationTokens } from '../../src/features/oauth/nouns.ts'
import { sweep } from '../../src/features/oauth/sweep.ts'
import { settle } from '../../src/testing/settle.ts'
import { callback } from './app.ts'
import { administrator, ask, initialToken, metadata, openClub, register } from './registering.ts'
import { api, authorizeUrl, basic, codeFor, exchange, onBoth, openScene, post, type Scene, walk } from './scene.ts'

const deed = { operation: 'test', caller: noOne, origin: fromInside }
const rowsOf = ({ house }: Scene) =>
  transact(house, deed, {}, async (tx) => ({
    clients: await tx.find(clients, {}),
    tokens: await tx.find(registrationTokens, {}),
    entries: (await tx.find(entries, {}, { limit: 1_000 })).map(({ operation }) => operation),
  }))
const told = async ({ url }: Scene): Promise<unknown> => {
  const answer = await fetch(`${url}/.well-known/openid-configuration`)
  return ((await answer.json()) as Record<string, unknown>)['registration_endpoint']
}

test('without the option there is no such address, it is not told of, and no token is made for it', async () => {
  await using scene = await openScene()
  const boss = await administrator(scene)
  const made = await api(scene, boss, 'auth/client-tokens', { method: 'POST', body: JSON.stringify({ name: 'x' }) })

  assert.equal(await told(scene), undefined)
  assert.deepEqual(
    [(await register(scene, 'x')).status, (await ask(scene, 'x', 'GET', undefined, '/x')).status],
    [404, 404],
  )
  assert.equal(made.status, 409)
})

onBoth(
  'a certified client registers itself, signs somebody in with RS256, sees itself, and ends itself',
  async (scene) => {
    const boss = await administrator(scene)
    const initialAccessToken = await initialToken(scene, boss)
    const options = { initialAccessToken, execute: [client.allowInsecureRequests] }
    const said = { ...metadata, token_endpoint_auth_method: 'none', application_type: 'native' }
    const config = await client.dynamicClientRegistration(new URL(scene.url), said, client.None(), options)
    const own = config.clientMetadata() as Record<string, string>
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const asked = client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: 'openid notes:read',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const browser = scene.browser()
    assert.match((await browser.get(asked.href)).location ?? '', /interaction/)
    const back = await walk(scene, browser, asked.href)
    const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier, idTokenExpected: true })
    const access = tokens.access_token

    assert.equal(await told(scene), `${scene.url}/oauth/register`)
    assert.equal(own['id_token_signed_response_alg'], 'RS256')
    assert.equal((await api(scene, access, 'notes')).status, 200)
    const [path, token] = [`/${own['client_id']}`, String(own['registration_access_token'])]
    const seen = await ask(scene, token, 'GET', undefined, path)
    assert.deepEqual([seen.status, seen.body['client_name'], seen.body['redirect_uris']], [200, 'Travel', [callback]])
    assert.equal((await ask(scene, token, 'PUT', metadata, path)).status, 405)
    assert.equal((await ask(scene, token, 'DELETE', undefined, path)).status, 204)
    scene.clock.advance(1_001)
    assert.equal((await api(scene, access, 'notes')).status, 401)
    assert.equal((await ask(scene, token, 'GET', undefined, path)).status, 401)
    await settle(scene.house)
    const { entries: operations } = await rowsOf(scene)
    for (const name of ['auth.client-tokens.create', 'oauth.register', 'oauth.unregister'])
      assert.ok(operations.includes(name), `${name} in ${operations.join(' ')}`)
  },
  openClub,
)

onBoth(
  'a server is given a secret once, and nothing of what it holds lies in the database',
  async (scene) => {
    const token = await initialToken(scene, await administrator(scene))
    const { status, body, headers } = await register(scene, token, { ...metadata, first_party: true, firstParty: true })
    const [id, secret] = [String(body['client_id']), String(body['client_secret'])]
    const start = authorizeUrl({ client_id: id, scope: 'openid notes:read' })
    const form = exchange(await codeFor(scene, start))
    const rows = await rowsOf(scene)

    assert.deepEqual([status, headers.get('cache-control')], [201, 'no-store'])
    assert.equal((await post(scene, '/oauth/token', form, { authorization: basic(id, secret) })).status, 200)
    assert.equal((await post(scene, '/oauth/token', form, { authorization: basic(id, 'x') })).status, 401)
    const [row] = rows.clients
    assert.deepEqual([row?.firstParty, row?.introspects, row?.roles, row?.kind], [false, false, '', 'server'])
    for (const text of [token, secret, String(body['registration_access_token'])])
      assert.ok(text.length > 50 && !JSON.stringify(rows).includes(text))
  },
  openClub,
)

onBoth(
  'of fifty at once as many register as the token is for; then, ended or taken back, it is good no more',
  async (scene) => {
    const boss = await administrator(scene)
    const [three, short, gone] = [
      await initialToken(scene, boss, { most: 3 }),
      await initialToken(scene, boss, { hours: 1 }),
      await initialToken(scene, boss),
    ]
    const wrong = await register(scene, three, { ...metadata, redirect_uris: ['http://evil.example/'] })
    const answers = []
    for (const _ of [1, 2]) {
      answers.push(...(await Promise.all(Array.from({ length: 25 }, () => register(scene, three)))))
      scene.clock.advance(60_000)
    }
    const listed = (await (await api(scene, boss, 'auth/client-tokens')).json()) as {
      data: { id: string; used: number }[]
    }
    const last = (await rowsOf(scene)).tokens.find(
      ({ used, endsAt }) => used === 0 && endsAt > new Date(scene.clock.ms() + 7_200_000),
    )
    await api(scene, boss, `auth/client-tokens/${last?.id}`, { method: 'DELETE' })
    scene.clock.advance(60 * 60_000)

    assert.equal(wrong.status, 400, 'which used nothing up')
    assert.equal(answers.filter(({ status }) => status === 201).length, 3)
    assert.equal(answers.filter(({ status }) => status === 401).length, 47)
    assert.equal((await rowsOf(scene)).clients.length, 3)
    assert.deepEqual(
      listed.data.map(({ used }) => used).toSorted((one, other) => one - other),
      [0, 0, 3],
    )
    for (const token of [short, gone, '', 'x', boss, `${three.slice(0, -1)}x`])
      assert.equal((await register(scene, token)).status, 401)
  },
  openClub,
)

test('a token that has ended is shown for a month, then it is swept away; what registered by it stays', async () => {
  await using scene = await openScene({ app: openClub })
  const boss = await administrator(scene)
  await register(scene, await initialToken(scene, boss, { hours: 1 }))
  await initialToken(scene, boss, { hours: 30 * 24 })
  const day = 24 * 3_600_000

  scene.clock.advance(29 * day)
  assert.equal(await sweep(scene.house), 0)
  scene.clock.advance(2 * day)
  assert.equal(await sweep(scene.house), 1)

  const { tokens, clients } = await rowsOf(scene)
  assert.deepEqual([tokens.length, clients.length], [1, 1])
})

test('one registration opens no other, an initial token opens none, and neither is one for the API', async () => {
  await using scene = await openScene({ app: openClub })
  const token = await initialToken(scene, await administrator(scene), { most: 2 })
  const [one, two] = [(await register(scene, token)).body, (await register(scene, token)).body]
  const path = `/${String(one['client_id'])}`
  const own = String(one['registration_access_token'])

  for (const wrong of [String(two['registration_access_token']), token, String(one['client_secret']), ''])
    for (const method of ['GET', 'DELETE']) assert.equal((await ask(scene, wrong, method, undefined, path)).status, 401)
  for (const id of ['partner', 'x', '01890000-0000-7000-8000-00000000dead'])
    assert.equal((await ask(scene, own, 'GET', undefined, `/${id}`)).status, 401)
  for (const bearer of [token, own]) assert.equal((await api(scene, bearer, 'notes')).status, 401)
  assert.equal((await ask(scene, own, 'GET', undefined, path)).status, 200, 'the control')
})

test('who is no administrator makes no token, and a network that asks again and again waits', async () => {
  await using scene = await openScene({ app: openClub })
  const made = await fetch(`${scene.url}/api/v1/auth/client-tokens`, { method: 'POST' })
  assert.equal(made.status, 401)

  const statuses = new Set<number>()
  for (let tries = 0; tries < 31; tries++) statuses.add((await register(scene, 'x')).status)

  assert.deepEqual([...statuses], [401, 429])
})
