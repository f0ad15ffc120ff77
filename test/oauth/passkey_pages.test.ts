// Passkeys on the pages of a sign-in: alone or as the second factor, by one script of our own and nothing inline.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { accounts, totps } from '../../src/features/accounts/index.ts'
import {
  type Authenticator,
  createAuthenticator,
  flagBits,
} from '../../src/features/auth/passkey/test_authenticator.ts'
import type { Browser, Page } from './browser.ts'
import {
  ann, api, type At, authorizeUrl, exchange, onBoth, openScene, password, post, reach, type Scene, tokensFor,
} from './scene.ts' // prettier-ignore

type Json = Readonly<Record<string, unknown>>

const begun = (scene: Scene, browser: Browser): Promise<At> => reach(browser, scene.url, authorizeUrl())
const right = ({ page }: At) => ({ ...page.fields, email: ann, password, decision: 'yes' })

/** What the page has the script ask the browser for. */
function optionsIn({ text }: Page): Json {
  const [, escaped = ''] = /data-options="([^"]*)"/.exec(text) ?? []
  return JSON.parse(escaped.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as Json // our own page's
}

/** Makes a passkey for ann, by the API. */
async function withPasskey(scene: Scene): Promise<Authenticator> {
  const device = createAuthenticator(scene.url)
  const said = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const body = JSON.stringify({ email: ann, password })
  const signedIn = await fetch(`${scene.url}/api/v1/auth/login`, { ...said, body })
  const { accessToken } = (await signedIn.json()) as { accessToken: string }
  const ask = async (path: string, sent: object): Promise<Json> => {
    const answer = await api(scene, accessToken, path, { method: 'POST', body: JSON.stringify(sent) })
    assert.equal(answer.status, 200)
    return (await answer.json()) as Json
  }
  const { publicKey } = await ask('auth/passkeys/register/options', {})
  await ask('auth/passkeys/register', { passkey: device.create(publicKey as Json) })
  return device
}

/** Goes to the page that asks for the passkey. */
const askedFor = async (browser: Browser, { page, address }: At): Promise<At> => ({
  page: await browser.post(address, { ...page.fields, decision: 'passkey' }),
  address,
})

const given = (browser: Browser, { page, address }: At, passkey: unknown): Promise<Page> =>
  browser.post(address, { ...page.fields, passkey: JSON.stringify(passkey), decision: 'yes' })

/** Follows what the sign-in led to until the code, allowing what is asked. */
async function codeAfter(scene: Scene, browser: Browser, { location = '' }: Page): Promise<string> {
  const { page, address } = await reach(browser, scene.url, location)
  if (page.status !== 200) return new URL(page.location ?? '').searchParams.get('code') ?? ''
  return codeAfter(scene, browser, await browser.post(address, { ...page.fields, decision: 'yes' }))
}

onBoth('a passkey signs in alone, and the application hears how', async (scene) => {
  const device = await withPasskey(scene)
  const browser = scene.browser()
  const at = await askedFor(browser, await begun(scene, browser))

  const on = await given(browser, at, device.get(optionsIn(at.page)))

  assert.equal(on.status, 303, on.text)
  const { status, body } = await post(scene, '/oauth/token', exchange(await codeAfter(scene, browser, on)))
  assert.equal(status, 200, JSON.stringify(body))
})

onBoth('a passkey is the second factor of a password, with a code beside it or alone', async (scene) => {
  const device = await withPasskey(scene)
  const browser = scene.browser()
  const first = await begun(scene, browser)
  const waiting = { page: await browser.post(first.address, right(first)), address: first.address }
  const asked = await askedFor(browser, waiting)
  assert.match(waiting.page.text, /value="passkey"/)
  assert.match(asked.page.text, /name="waiting"/)
  assert.equal((await given(browser, asked, device.get(optionsIn(asked.page)))).status, 303)

  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  await transact(scene.house, deed, {}, async (tx) => {
    const [account] = await tx.find(accounts, { email: ann })
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
    await tx.create(totps, { account: account!.id, seed: secret, confirmedAt: tx.now })
  })
  const other = scene.browser()
  const again = await begun(scene, other)
  const page = await other.post(again.address, right(again))
  assert.match(page.text, /one-time-code/)
  const last = await askedFor(other, { page, address: again.address })
  assert.equal((await given(other, last, device.get(optionsIn(last.page)))).status, 303)
})

test('what is no good passkey signs nobody in: of another, once more, bent, unverified, of another page', async () => {
  await using scene = await openScene()
  const device = await withPasskey(scene)
  const browser = scene.browser()
  const other = scene.browser()
  const ask = async (by = scene.browser()) => askedFor(by, await begun(scene, by))
  const at = await ask(browser)
  const used = device.get(optionsIn(at.page))
  const elsewhere = await ask(other)
  const bad: readonly (readonly [string, unknown])[] = [
    ['a device nobody knows', createAuthenticator(scene.url).get(optionsIn((await ask()).page))],
    [
      'another origin',
      device.get(optionsIn((await ask()).page), { client: (data) => ({ ...data, origin: 'https://evil.example' }) }),
    ],
    ['a person it did not see', device.get(optionsIn((await ask()).page), { flags: () => flagBits.present })],
    ['a challenge of its own', device.get({ ...optionsIn((await ask()).page), challenge: 'a'.repeat(43) })],
    [
      'a bent signature',
      device.get(optionsIn((await ask()).page), {
        signature: (bytes) => Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)]),
      }),
    ],
    ['null', null],
    ['a list', []],
    ['nothing in it', {}],
  ]
  for (const [title, passkey] of bad) {
    const answer = await given(browser, at, passkey)
    assert.ok([400, 401, 422].includes(answer.status), `${title}: ${answer.status}`)
    assert.match(answer.text, /name="password"/, title)
  }
  for (const text of ['', '{', '{"__proto__":1}', '['.repeat(1_000)])
    assert.equal(
      (await browser.post(at.address, { ...at.page.fields, passkey: text, decision: 'yes' })).status,
      400,
      text,
    )

  assert.equal((await given(browser, at, used)).status, 303, 'the control')
  assert.equal((await given(other, elsewhere, used)).status, 401, 'signed once, it is good once')
})

test('the page runs one script of its own address, and the one of the password runs none', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  const first = await begun(scene, browser)
  const { page } = await askedFor(browser, first)
  const policy = page.headers.get('content-security-policy') ?? ''
  const [, from = ''] = /<script src="([^"]+)" defer><\/script>/.exec(page.text) ?? []
  const script = await fetch(from)

  assert.equal(from, `${scene.url}/oauth/passkey.js`)
  assert.ok(policy.includes(`script-src ${from}; `) && !policy.includes('unsafe'), policy)
  assert.doesNotMatch(page.text, /<script>| on\w+=|javascript:/)
  assert.match(script.headers.get('content-type') ?? '', /^text\/javascript/)
  assert.match(first.page.headers.get('content-security-policy') ?? '', /script-src 'none'/)
  assert.match(page.text, /<noscript>.*JavaScript/)
  const [ids, names] = [/ id="(\w+)"/g, / name="(\w+)"/g].map((form) => [...page.text.matchAll(form)].map((m) => m[1]))
  const both = ids?.filter((id) => names?.includes(id))
  assert.deepEqual(both, [], 'a form answers a list for a name that is an id too')
  const back = await browser.get(first.address) // where "another way" leads
  assert.equal((await browser.post(first.address, right({ page: back, address: first.address }))).status, 303)
  assert.ok((await tokensFor(scene)).access_token, 'who has no passkey signs in as ever')
})

interface Pressed {
  readonly fields: { passkey: { value: string } }
  readonly button: { hidden: boolean; press: () => Promise<{ prevented: boolean }> }
  readonly fault: { hidden: boolean; textContent: string }
  readonly sent: unknown[]
}

/** Runs the script in a browser of the barest kind. */
function run(
  script: string,
  options: Json,
  get: (asked: { publicKey: Json }) => Promise<unknown>,
  knows = true,
): Pressed {
  const fields = { passkey: { value: '' } }
  const sent: unknown[] = []
  const fault = { hidden: true, textContent: '' }
  const listeners: ((event: object) => void)[] = []
  const button = {
    hidden: true,
    addEventListener: (_name: string, listener: (event: object) => void) => void listeners.push(listener),
    press: async () => {
      const event = { prevented: false, preventDefault: () => void (event.prevented = true) }
      for (const listener of listeners) listener(event)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      return event
    },
  }
  const form = {
    dataset: { options: JSON.stringify(options) },
    elements: { namedItem: (name: 'passkey') => fields[name] },
    requestSubmit: (by: unknown) => void sent.push(by),
  }
  const document = { forms: [form], getElementById: (id: string) => (id === 'ask' ? button : fault) }
  const PublicKeyCredential = knows ? { parseRequestOptionsFromJSON: (said: Json) => said } : undefined
  runInContext(script, createContext({ document, navigator: { credentials: { get } }, PublicKeyCredential }))
  return { fields, button, fault, sent }
}

test('the script asks the browser for what the page says, and sends what it answers', async () => {
  await using scene = await openScene()
  const device = await withPasskey(scene)
  const browser = scene.browser()
  const at = await askedFor(browser, await begun(scene, browser))
  const script = await (await fetch(`${scene.url}/oauth/passkey.js`)).text()
  const options = optionsIn(at.page)

  const done = run(script, options, async ({ publicKey }) => ({ toJSON: () => device.get(publicKey) }))
  const pressed = await done.button.press()
  assert.deepEqual([done.button.hidden, pressed.prevented, done.sent.length, done.fault.hidden], [false, true, 1, true])
  const on = await browser.post(at.address, { ...at.page.fields, passkey: done.fields.passkey.value, decision: 'yes' })
  assert.equal(on.status, 303)
  assert.equal((await done.button.press()).prevented, false, 'the form it sends is not stopped')

  const refused = run(script, options, () => Promise.reject(new TypeError('NotAllowedError')))
  await refused.button.press()
  assert.deepEqual([refused.sent.length, refused.fault.hidden], [0, false])
  const old = run(script, options, async () => undefined, false)
  assert.deepEqual([old.button.hidden, old.fault.hidden], [true, false])
})
