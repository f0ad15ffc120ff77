// What another service says is believed only if it is signed, for us, fresh, and of this way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import * as library from 'openid-client'
import { systemRandom } from '../../src/base/random.ts'
import { fromInside } from '../../src/call/deed.ts'
import { createWays, type Ways } from '../../src/features/auth/index.ts'
import { waysBy } from '../../src/features/auth/others/ways.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'
import { appUrl, openBrowser } from './browser.ts'
import type { Issuer } from './issuer.ts'
import { lyingTokens, truth } from './others_lies.ts'
import { arrive, believing, challenge, environment, exchange, isCallback, walk, withOthers } from './others.ts'
import type { Club } from './people.ts'

const ann = { email: 'ann@example.com', email_verified: true }

void test('no ID token with one fault is believed; the same one signed again without is', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    for (const [fault, lies] of Object.entries(lyingTokens)) {
      issuer.lies = lies
      const { url, said } = await walk(scene, '1')
      assert.deepEqual([url, said.get('error'), said.get('code')], [`${appUrl}/signed-in`, 'refused', null], fault)
    }
    issuer.lies = truth
    assert.equal((await arrive(scene, '1')).status, 200)
    assert.ok(run.log.some(({ message }) => message === 'a sign-in failed'))
    assert.ok(!JSON.stringify(run.log).includes('eyJ'), 'no token stands in the log')
  })
})

/** Believes whatever stands in an ID token: the seeded fault. */
const credulous: typeof library = {
  ...library,
  authorizationCodeGrant: async (configuration, url, checks) => {
    const { token_endpoint: endpoint = '' } = configuration.serverMetadata()
    if (!(url instanceof URL)) throw new TypeError('an address is asked')
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri: `${url.origin}${url.pathname}`,
      client_id: environment['SIGN_IN_ACME_ID'] ?? '',
      client_secret: environment['SIGN_IN_ACME_SECRET'] ?? '',
      code_verifier: checks?.pkceCodeVerifier ?? '',
    })
    const told = (await (await fetch(endpoint, { method: 'POST', body })).json()) as { id_token: string }
    const claims = { iss: 'https://anybody.example', sub: 'anybody', ...decodeJwt(told.id_token) }
    // What the library answers, without what it checks.
    return { ...told, claims: () => claims } as unknown as Awaited<ReturnType<typeof library.authorizationCodeGrant>>
  },
  fetchUserInfo: async () => ({ sub: '' }) as unknown as Awaited<ReturnType<typeof library.fetchUserInfo>>, // the same
}

/** Walks at the feature's own door; answers what the client is told. */
async function walkBy(ways: Ways, run: Club): Promise<URLSearchParams> {
  const provider = 'acme'
  const left = await ways.begin({ provider, query: new URLSearchParams({ challenge }), origin: fromInside })
  const { history } = await stopped(run, left.location)
  const query = new URL(history.at(-1) ?? '').searchParams
  const cookie = left.setCookie.split(';', 1)[0] ?? ''
  const back = await ways.finish({ provider, query, origin: { ...fromInside, headers: { cookie } } })
  return new URLSearchParams(new URL(back.location).hash.slice(1))
}

async function stopped(run: Club, location: string) {
  const browser = openBrowser(run)
  await browser.open(location, { subject: '1', until: isCallback })
  return browser
}

async function openWays(issuer: Issuer, load: () => Promise<typeof library>) {
  const given = { ...environment, DATABASE_URL: 'sqlite::memory:', PUBLIC_URL: appUrl, LOG_LEVEL: 'silent' }
  const secret = Buffer.from(systemRandom.bytes(32)).toString('hex')
  const config = readConfig({ ...given, NODE_ENV: 'test', PLINTH_SECRET: secret })
  const server = await openServer(believing(issuer), { config })
  return { server, ways: waysBy(server.house.house, load) }
}

void test('a library that checks nothing believes them, so the refusals are those of the checks', async () => {
  await withOthers({}, async ({ run, issuer }) => {
    const { server, ways } = await openWays(issuer, () => Promise.resolve(credulous))
    const strict = createWays(server.house.house)
    const readable = Object.entries(lyingTokens).filter(([fault]) => fault !== 'that is no token')
    for (const [fault, lies] of readable) {
      issuer.lies = lies
      assert.equal((await walkBy(strict, run)).get('error'), 'refused', fault)
      assert.ok((await walkBy(ways, run)).get('code'), `${fault} was believed`)
    }
    await server.close(true)
  })
})

void test('a way without PKCE, or with another verifier, is refused by the service and gives no code', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    const bare: typeof library = {
      ...library,
      buildAuthorizationUrl: (configuration, asked) => {
        const { code_challenge: _challenge, code_challenge_method: _method, ...rest } = asked as Record<string, string>
        return library.buildAuthorizationUrl(configuration, rest)
      },
    }
    const { server, ways } = await openWays(issuer, () => Promise.resolve(bare))
    assert.equal((await walkBy(ways, run)).get('error'), 'refused')
    const other: typeof library = { ...library, calculatePKCECodeChallenge: async () => challenge }
    const bound = waysBy(server.house.house, () => Promise.resolve(other))
    assert.equal((await walkBy(bound, run)).get('error'), 'refused')
    assert.ok((await walkBy(createWays(server.house.house), run)).get('code'))
    await server.close(true)

    const before = issuer.asked.length
    await walk(scene, '1')
    const token = issuer.asked.slice(before).find(({ path }) => path === '/token')
    assert.match(token?.body ?? '', /code_verifier=[\w-]{43}/)
  })
})

void test('an answer with another issuer, without one, or at the address of another service is refused', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    const lies = [
      (url: URL) => (url.searchParams.set('iss', 'https://evil.example'), url),
      (url: URL) => (url.searchParams.set('iss', `${issuer.url}/`), url),
      (url: URL) => (url.searchParams.append('iss', 'https://evil.example'), url),
      (url: URL) => (url.searchParams.delete('iss'), url),
      (url: URL) => (url.searchParams.append('code', 'another'), url),
      (url: URL) => (url.searchParams.append('response', 'a.b.c'), url),
      (url: URL) => (url.searchParams.append('id_token', 'a.b.c'), url),
    ]
    for (const back of lies) {
      issuer.lies = { back }
      const { said } = await walk(scene, '1')
      assert.deepEqual([said.get('error'), said.get('code')], ['refused', null], String(back))
    }
    issuer.lies = { back: (url) => new URL(url.href.replace('/acme/', '/other/')) }
    assert.equal((await walk(scene, '1')).status, 403, 'the way to one service does not end at another')
    issuer.lies = { answers: { '/me': (body) => ({ ...body, sub: '2' }) } }
    assert.equal((await walk(scene, '1')).said.get('error'), 'refused', 'user info is of the same person')
    issuer.lies = {}
    assert.equal((await exchange(run, await walk(scene, '1'))).status, 200)
  })
})

void test('metadata of another issuer, or that leads out of TLS, is not used', async () => {
  await withOthers({}, async (scene) => {
    const { issuer } = scene
    const metadata = '/.well-known/openid-configuration'
    issuer.lies = { answers: { [metadata]: (body) => ({ ...body, issuer: 'https://evil.example' }) } }
    assert.equal((await walk(scene, '1')).status, 503)
    issuer.lies = { answers: { [metadata]: (body) => ({ ...body, token_endpoint: 'http://evil.example/token' }) } }
    assert.equal((await walk(scene, '1')).said.get('error'), 'refused')
  })
})
