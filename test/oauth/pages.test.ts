// The pages of a sign-in: of this browser and this request alone, with the limits and factors of every sign-in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TOTP } from 'otpauth'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { accounts, recoveryCodes, sessions, totps } from '../../src/features/accounts/index.ts'
import { authOf, createRecoveryCodes } from '../../src/features/auth/index.ts'
import type { Browser } from './browser.ts'
import { ann, type At, authorizeUrl, codeFor, openScene, password, reach, type Scene } from './scene.ts'

const begun = async (scene: Scene, browser: Browser, said = {}): Promise<At> =>
  reach(browser, scene.url, authorizeUrl(said))
const right = (at: At, more = {}): Record<string, string> => ({
  ...at.page.fields,
  email: ann,
  password,
  decision: 'yes',
  ...more,
})
const deed = { operation: 'test', caller: noOne, origin: fromInside }

test('a page runs nothing, loads nothing, is framed by nobody and kept by nobody', async () => {
  await using scene = await openScene()
  const { page } = await begun(scene, scene.browser(), { login_hint: '"><script>alert(1)</script>' })

  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /^default-src 'none'; script-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; /)
  assert.match(policy, /frame-ancestors 'none'; form-action 'self' https:\/\/partner\.example$/)
  assert.equal(page.headers.get('x-frame-options'), 'DENY')
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
  assert.match(page.headers.get('cache-control') ?? '', /no-store/)
  assert.ok(page.headers.get('x-request-id'))
  assert.doesNotMatch(page.text, /<script|<Co>| on\w+=/)
  assert.match(page.text, /Partner &amp; &lt;Co&gt; asks you to sign in/)
})

test('what a request says of itself comes back as text', async () => {
  await using scene = await openScene()
  const evil = '"><script>alert(1)</script>'

  for (const said of [{ client_id: evil }, { redirect_uri: evil }, { scope: evil }, { response_type: evil }]) {
    const page = await scene.browser().get(authorizeUrl(said))
    assert.doesNotMatch(page.text, /<script/, JSON.stringify(said))
  }
})

test('a form counts from its own page in its own browser alone', async () => {
  await using scene = await openScene()
  const [browser, other] = [scene.browser(), scene.browser()]
  const [at, elsewhere] = [await begun(scene, browser), await begun(scene, other)]
  const refused: readonly (readonly [string, number, Browser, Record<string, string>, Record<string, string>])[] = [
    ['another site, which the browser says', 403, browser, right(at), { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour', 403, browser, right(at), { 'sec-fetch-site': 'same-site' }],
    ['an address that was typed', 403, browser, right(at), { 'sec-fetch-site': 'none' }],
    ['another origin', 403, browser, right(at), { origin: 'https://evil.example' }],
    ['an origin that is hidden', 403, browser, right(at), { origin: 'null' }],
    ['no code', 403, browser, { email: ann, password, decision: 'yes' }, {}],
    ['an empty code', 403, browser, right(at, { form: '' }), {}],
    ['the code of another page', 403, browser, right(at, { form: elsewhere.page.fields['form'] }), {}],
    ['a browser that was not shown it', 400, scene.browser(), right(at), {}],
    ['a browser that was shown another', 400, other, right(at), {}],
  ]

  for (const [title, status, from, form, headers] of refused)
    assert.equal((await from.post(at.address, form, headers)).status, status, title)
  const twice = new URLSearchParams([...Object.entries(right(at)), ['email', 'bob@example.com']])
  assert.equal((await fetch(new URL(at.address, scene.url), { method: 'POST', body: twice })).status, 400)
  assert.equal((await browser.post(at.address, right(at))).status, 303) // the control
})

test('a cookie that we did not sign, or another page, is no sign-in', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  const at = await begun(scene, browser)
  for (const [name, { value, path }] of browser.cookies)
    if (name.endsWith('.sig'))
      browser.cookies.set(name, { value: value.replace(/^./, (sign) => (sign === 'a' ? 'b' : 'a')), path })

  assert.equal((await browser.get(at.address)).status, 400)
  assert.equal((await browser.post(at.address, right(at))).status, 400)
})

test('the way on is of one browser, and walked once', async () => {
  await using scene = await openScene()
  const [browser, thief] = [scene.browser(), scene.browser()]
  const at = await begun(scene, browser)
  const { location = '' } = await browser.post(at.address, right(at))

  assert.equal((await thief.get(location)).status, 400)
  const next = await browser.get(location)
  assert.equal(next.status, 303)
  assert.equal((await browser.get(location)).status, 400)
  assert.equal((await browser.post(at.address, right(at))).status, 400)
})

test('signing in changes the name of the session, and nobody signs in with what was there before', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  await codeFor(scene, authorizeUrl(), browser)
  const before = browser.cookies.get('__Host-plinth_oauth')?.value
  const copy = scene.browser()
  for (const [name, cookie] of browser.cookies) copy.cookies.set(name, cookie)

  await codeFor(scene, authorizeUrl({ prompt: 'login' }), browser)

  assert.notEqual(browser.cookies.get('__Host-plinth_oauth')?.value, before)
  assert.match((await begun(scene, copy)).page.text, /name="password"/)
  const open = await transact(scene.house, deed, {}, (tx) => tx.find(sessions, {}))
  assert.equal(open.length, 1) // the new session took the place of the old one
})

test('nobody is allowed anything before they signed in', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  const at = await begun(scene, browser)

  const page = await browser.post(at.address, { ...at.page.fields, decision: 'yes' })

  assert.ok([401, 422].includes(page.status), String(page.status))
  assert.match(page.text, /role="alert"/)
})

test('wrong passwords are counted here as everywhere, and a deactivated account does not sign in', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  const at = await begun(scene, browser)
  const wrong = await browser.post(at.address, right(at, { password: 'wrong horse battery staple' }))
  const nobody = await browser.post(at.address, right(at, { email: 'nobody@example.com' }))
  const statuses: number[] = []
  for (let n = 0; n < 6; n++) statuses.push((await browser.post(at.address, right(at, { password: 'wrong' }))).status)
  const limited = await browser.post(at.address, right(at))

  assert.deepEqual([wrong.status, nobody.status], [401, 401])
  assert.equal(wrong.text, nobody.text.replace(/x/, 'x'))
  assert.ok(statuses.includes(429), String(statuses))
  assert.equal(limited.status, 429)
  assert.ok(Number(limited.headers.get('retry-after')) > 0)

  scene.clock.advance(3_600_000)
  await transact(scene.house, deed, {}, async (tx) => {
    const [account] = await tx.find(accounts, { email: ann })
    if (account !== undefined) await tx.update(accounts, account.id, { state: 'deactivated' })
  })
  const later = scene.browser()
  const again = await begun(scene, later)
  assert.equal((await later.post(again.address, right(again))).status, 401)
})

test('a second factor is asked for here too: a code of the app once, a recovery code once', async () => {
  await using scene = await openScene()
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
  const { codes, hashes } = await createRecoveryCodes(authOf(scene.house).recovery)
  await transact(scene.house, deed, {}, async (tx) => {
    const [account] = await tx.find(accounts, { email: ann })
    assert.ok(account)
    await tx.create(totps, { account: account.id, seed: secret, confirmedAt: tx.now })
    for (const hash of hashes) await tx.create(recoveryCodes, { account: account.id, hash })
  })
  const factor = async (browser: Browser): Promise<At> => {
    const at = await begun(scene, browser)
    return { page: await browser.post(at.address, right(at)), address: at.address }
  }
  const give = (browser: Browser, at: At, code: string, more = {}) =>
    browser.post(at.address, { ...at.page.fields, code, decision: 'yes', ...more })
  const code = new TOTP({ secret }).generate({ timestamp: scene.clock.ms() })
  const [first, second, third] = [scene.browser(), scene.browser(), scene.browser()]
  const [one, two, three] = [await factor(first), await factor(second), await factor(third)]

  assert.match(one.page.text, /one-time-code/)
  assert.equal((await give(first, one, '000000')).status, 401)
  assert.equal((await give(first, one, code, { waiting: two.page.fields['waiting'] })).status, 403)
  assert.equal((await give(first, one, code)).status, 303)
  assert.equal((await give(second, two, code)).status, 401)
  assert.equal((await give(second, two, codes[0] ?? '')).status, 303)
  assert.equal((await give(third, three, codes[0] ?? '')).status, 401)
})

test('addresses are made of PUBLIC_URL, whatever a request says of its host', async () => {
  await using scene = await openScene()
  const { door } = scene.server
  const headers = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example',
  }

  for (const url of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', authorizeUrl()]) {
    const answer = await door.inject({ method: 'GET', url, headers })
    assert.doesNotMatch(answer.text + JSON.stringify(answer.headers), /evil/, url)
    assert.match(answer.text + JSON.stringify(answer.headers), /127\.0\.0\.1/, url)
  }
})

test("requests count, and strangers' tokens do, by network", async () => {
  await using scene = await openScene({ rateLimit: '40' })
  const statuses = async (count: number, url: string, headers = {}) => {
    const answers = await Promise.all(Array.from({ length: count }, () => fetch(scene.url + url, { headers })))
    return answers.map(({ status }) => status)
  }
  const told = await fetch(`${scene.url}/.well-known/openid-configuration`)
  assert.match(told.headers.get('ratelimit') ?? '', /^"default";r=\d+;t=\d+$/)

  assert.ok((await statuses(60, '/.well-known/openid-configuration')).includes(429))
  const strange = await Promise.all(
    Array.from({ length: 130 }, (_, n) =>
      fetch(`${scene.url}/api/v1/notes`, { headers: { authorization: `Bearer ${String(n).padStart(43, 'x')}` } }),
    ),
  )
  assert.deepEqual(new Set(strange.map(({ status }) => status)), new Set([401, 429]))
})

test('no code, token, password or query is in the log', async () => {
  await using scene = await openScene()
  const { tokensFor, post } = await import('./scene.ts')
  const tokens = await tokensFor(scene)
  await post(scene, '/oauth/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  await post(scene, '/oauth/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  const text = scene.log.join('')

  assert.match(text, /"path":"\/oauth\/token"/)
  assert.match(text, /OAuth refused/)
  const hidden = [...Object.values(tokens), password, 'state-of-the-test', 'code_challenge', 'partner secret']
  for (const secret of hidden.filter((one) => one.length > 20 || one === password))
    assert.ok(!text.includes(secret), secret)
})
