// A way to another service is of one browser, used once, and ends where the app says.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { jwtVerify } from 'jose'
import { signInWith } from 'plinth'
import { appUrl, type Browser, openBrowser, pkce } from './browser.ts'
import {
  arrive,
  challenge,
  environment,
  exchange,
  isCallback,
  onBothWithOthers,
  type Scene,
  startOf,
  verifier,
  walk,
  withOthers,
} from './others.ts'
import { ask } from './people.ts'
import { minute } from './factors.ts'
import type { Issuer } from './issuer.ts'

const rounds = 20
const cookie = '__Host-plinth_sign_in'

/** A browser that is about to open the address it came back to. */
async function back({ run }: Scene, subject = '1'): Promise<{ browser: Browser; url: string; cookie: string }> {
  const browser = openBrowser(run)
  await browser.open(startOf(), { subject, until: isCallback })
  return { browser, url: browser.history.at(-1) ?? '', cookie: browser.cookies.get(cookie) ?? '' }
}

function withState(url: string, state: string): string {
  const changed = new URL(url)
  changed.searchParams.set('state', state)
  return changed.href
}

onBothWithOthers('a state that is forged, of another browser, or used before gets nowhere', async (scene) => {
  const { run } = scene
  const own = await back(scene)
  const state = new URL(own.url).searchParams.get('state') ?? ''
  const refused = async (browser: Browser, url: string, why: string): Promise<void> => {
    const stop = await browser.open(url)
    assert.deepEqual([stop.status, stop.said.size], [403, 0], why)
  }

  for (let round = 0; round < rounds; round++) {
    const forged = [pkce(`${round}`).challenge, state.slice(0, round), `${state}${round}`, state.toUpperCase()]
    await refused(own.browser, withState(own.url, forged[round % forged.length] ?? ''), `forged ${round}`)
  }
  for (let round = 0; round < rounds; round++) {
    const at = Math.floor((own.cookie.length * round) / rounds)
    const sign = own.cookie[at] === 'A' ? 'B' : 'A'
    own.browser.cookies.set(cookie, `${own.cookie.slice(0, at)}${sign}${own.cookie.slice(at + 1)}`)
    await refused(own.browser, own.url, `cookie bent at ${at}`)
  }
  for (let round = 0; round < rounds; round++) {
    const other = round === 0 ? { browser: openBrowser(run), cookie: '' } : await back(scene, '2')
    await refused(other.browser, own.url, `foreign ${round}`)
  }
  own.browser.cookies.set(cookie, own.cookie)
  const landed = await own.browser.open(own.url)
  assert.ok(landed.said.get('code'), 'the one browser that began it gets there')
  assert.equal(own.browser.cookies.has(cookie), false, 'and its cookie is gone')
  for (let round = 0; round < rounds; round++) {
    if (round === rounds / 2) await exchange(run, landed)
    own.browser.cookies.set(cookie, own.cookie)
    await refused(own.browser, own.url, `replayed ${round}`)
  }
})

void test('a state that is forgotten is taken again, so it is remembering that refuses it', async () => {
  await withOthers({}, async (scene) => {
    const own = await back(scene)
    assert.ok((await own.browser.open(own.url)).said.get('code'))
    own.browser.cookies.set(cookie, own.cookie)
    assert.equal((await own.browser.open(own.url)).status, 403)
    await scene.run.anonymous.request('POST', '/bend/forget')
    const again = await own.browser.open(own.url)
    assert.deepEqual([again.status, again.said.get('error')], [200, 'refused'], 'only the service still refuses it')
  })
})

void test('what is kept of a way opens nothing, and says of nobody that they came', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('subject-of-ann', { email: 'ann@example.com', email_verified: true })
    const own = await back(scene, 'subject-of-ann')
    const { said } = await own.browser.open(own.url)
    const kept = (await run.anonymous.request('GET', '/bend/dump')).text
    assert.match(kept, /answered/)
    const state = new URL(own.url).searchParams.get('state') ?? ''
    for (const secret of [state, said.get('code') ?? '', 'ann@example.com', 'subject-of-ann', verifier])
      assert.ok(secret !== '' && !kept.includes(secret))
    for (const [text = ''] of kept.matchAll(/[\w.-]{16,}/g))
      assert.notEqual((await ask(run, 'oauth/exchange', { code: text, verifier })).status, 200)
  })
})

onBothWithOthers('of fifty that bring one state, or one code, at once, one succeeds', async (scene) => {
  const { run } = scene
  scene.issuer.people.set('1', { email: 'ann@example.com', email_verified: true })
  const own = await back(scene)
  const { pathname, search } = new URL(own.url)
  const headers = { Cookie: `${cookie}=${own.cookie}` }
  const many = Array.from({ length: 50 }, () =>
    run.anonymous.request('GET', `${pathname}${search}`, { headers, body: undefined }),
  )
  const answers = await Promise.all(many)
  const won = answers.filter(({ status }) => status === 303)
  assert.equal(won.length, 1)

  const said = new URLSearchParams(new URL(won[0]?.headers.get('location') ?? '').hash.slice(1))
  const body = { code: said.get('code') ?? '', verifier }
  const taken = await Promise.all(Array.from({ length: 50 }, () => ask(run, 'oauth/exchange', body)))
  assert.equal(taken.filter(({ status }) => status === 200).length, 1)
  assert.equal(taken.filter(({ status }) => status === 401).length, 49)
})

void test('a code is of one client, of one minute, and of its own kind', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', { email: 'ann@example.com', email_verified: true })
    const wrong = await walk(scene, '1')
    assert.equal((await exchange(run, wrong, { verifier: pkce('two').verifier })).status, 401)
    assert.equal((await exchange(run, wrong)).status, 401, 'who tried another verifier has seen the code')
    assert.equal((await exchange(run, await walk(scene, '1'), { verifier: 'short' })).status, 422)

    const late = await walk(scene, '1')
    run.clock.advance(minute)
    assert.equal((await exchange(run, late)).status, 401)

    const answer = await arrive(scene, '1')
    const { refreshToken: token } = answer.body as { refreshToken: string }
    assert.equal((await ask(run, 'oauth/exchange', { code: token, verifier })).status, 401)
    assert.equal((await ask(run, 'refresh', { refreshToken: late.said.get('code') })).status, 401)

    const slow = await back(scene)
    run.clock.advance(10 * minute)
    assert.equal((await slow.browser.open(slow.url)).status, 403, 'a way ends after ten minutes')
    await run.settle()
  })
})

void test('a way begins with the challenge of a client, and nothing else', async () => {
  await withOthers({}, async ({ run }) => {
    const start = `${appUrl}/api/v1/auth/oauth/acme/start`
    const bad = ['', '?challenge=', `?challenge=${challenge}a`, `?challenge=${challenge}&challenge=${challenge}`]
    const other = [`?challenge=${challenge}&state=a`, `?challenge=${challenge}&redirect_uri=https://evil.example`]
    for (const query of [...bad, ...other]) {
      const stop = await openBrowser(run).open(`${start}${query}`)
      assert.equal(stop.status, 400, query)
    }
    const strange = await openBrowser(run).open(`${appUrl}/api/v1/auth/oauth/nobody/start?challenge=${challenge}`)
    assert.equal(strange.status, 404)
    const asked = await run.anonymous.request('GET', `/api/v1/auth/oauth/acme/start?challenge=${challenge}`)
    assert.match(asked.headers.get('set-cookie') ?? '', /; Secure; HttpOnly; SameSite=Lax$/)
    const url = new URL(asked.headers.get('location') ?? '')
    assert.equal(url.searchParams.get('code_challenge_method'), 'S256')
    assert.equal(url.searchParams.get('redirect_uri'), `${appUrl}/api/v1/auth/oauth/acme/callback`)
    assert.notEqual(url.searchParams.get('code_challenge'), challenge, 'ours towards the service, not the client’s')
  })
})

void test('a forged Host or X-Forwarded-Host changes no address', async () => {
  await withOthers({}, async ({ run }) => {
    for (const name of ['host', 'x-forwarded-host', 'forwarded']) {
      const value = name === 'forwarded' ? 'host=evil.example' : 'evil.example'
      const path = `/api/v1/auth/oauth/acme/start?challenge=${challenge}`
      const asked = await run.anonymous.request('GET', path, { headers: { [name]: value } })
      assert.doesNotMatch(asked.headers.get('location') ?? '', /evil/)
    }
  })
})

/** Addresses that would lead elsewhere if they were read instead of compared. */
function redirects(): string[] {
  const evil = [
    'evil.example',
    'localhost.evil.example',
    'localhost@evil.example',
    'evil.example:443',
    '[::1]',
    '2130706433',
  ]
  const lead = [
    '//',
    '///',
    '////',
    '/\\',
    '\\/',
    '\\\\',
    '/%2f',
    '/%5c',
    '%2f%2f',
    '/\t/',
    '/\n/',
    '/./\\',
    '/.//',
    'https:',
  ]
  const schemes = ['javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,a', 'vbscript:a', 'file:///etc/passwd']
  const apps = ['com.example.club:/in2', 'com.example.club://in', 'com.example.clubs:/in', 'COM.example.club:/in']
  const near = [
    '',
    '/',
    '/signed-in/',
    '/signed-in?a',
    '/signed-in#a',
    '/signed-in/..//evil.example',
    '/signed-in ',
    '/Signed-in',
  ]
  const more = ['/signed-in\0', '/signed-in%00', '/signed%2din', '.', '..', '/..', '?', '#', '@evil.example', ':80']
  const whole = evil.flatMap((host) =>
    ['https', 'http', 'ftp', 'HTTPS'].map((scheme) => `${scheme}://${host}/signed-in`),
  )
  const joined = lead.flatMap((sign) => evil.map((host) => `${sign}${host}`))
  return [...new Set([...joined, ...whole, ...schemes, ...apps, ...near, ...more])]
}

void test('of more than 120 addresses to return to that the app does not name, none is taken', async () => {
  await withOthers({}, async (scene) => {
    const { run } = scene
    const tried = redirects()
    assert.ok(tried.length >= 120, String(tried.length))
    for (const address of tried) {
      const more = `&returnTo=${encodeURIComponent(address)}`
      const path = new URL(startOf('acme', more))
      const asked = await run.anonymous.request('GET', `${path.pathname}${path.search}`)
      assert.deepEqual([asked.status, asked.headers.get('location')], [400, null], JSON.stringify(address))
    }
    const twice = await openBrowser(run).open(startOf('acme', '&returnTo=/signed-in&returnTo=//evil.example'))
    assert.equal(twice.status, 400)
    const installed = await openBrowser(run).open(startOf('acme', '&returnTo=com.example.club:/in'), { subject: '1' })
    assert.deepEqual([installed.url, installed.said.has('code')], ['com.example.club:/in', true])
  })
})

void test('who says no at the service comes back with that, and so does one whom the service refuses', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    const stop = await openBrowser(run).open(startOf(), { cancels: true })
    assert.deepEqual(
      [stop.url, stop.said.get('error'), stop.said.get('provider')],
      [`${appUrl}/signed-in`, 'access_denied', 'acme'],
    )
    issuer.lies = {
      back: (url) => (url.searchParams.delete('code'), url.searchParams.set('error', 'server_error'), url),
    }
    assert.equal((await walk(scene, '1')).said.get('error'), 'refused')
  })
})

void test('Apple answers by a form, and takes a secret that the key of the app signs each time', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' })
  const providers = ({ url }: Issuer) => [{ ...signInWith.apple({ team: 'TEAM', key: 'KEY' }), issuer: url }]
  const own = { ...environment, SIGN_IN_APPLE_SECRET: secret }
  await withOthers({ providers, environment: own }, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', { email: 'ann@example.com', email_verified: 'true' })
    const browser = openBrowser(run)
    const stop = await walk(scene, '1', { provider: 'apple', browser })
    assert.equal((await exchange(run, stop)).status, 200)

    const callbacks = browser.history.filter((url) => isCallback(new URL(url)))
    assert.equal(callbacks.length, 2, 'by the form, and once more by a link that brings the cookie')
    const asked = new URLSearchParams(issuer.asked.find(({ path }) => path === '/token')?.body)
    const currentDate = new Date(run.clock.ms())
    const { payload } = await jwtVerify(asked.get('client_secret') ?? '', publicKey, { currentDate })
    assert.deepEqual([payload.iss, payload.sub], ['TEAM', 'the-app'])
  })
})
