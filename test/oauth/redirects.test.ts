// Nobody is sent to an address that is not registered sign by sign, nor can one be registered that is read two ways.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redirectFault } from '../../src/features/oauth/client_rules.ts'
import { loadOauthLibrary } from '../../src/features/oauth/library.ts'
import { idKeysetsOf, remake } from '../../src/features/oauth/service.ts'
import { corpus, lenient, registered } from './redirect_corpus.ts'
import { authorizeUrl, openScene, type Scene, tokensFor } from './scene.ts'

/** With `prompt=none` the answer comes at once: to the application where the address is taken, else to the person. */
const asking = (uri: string, more = {}): string => authorizeUrl({ redirect_uri: uri, prompt: 'none', ...more })

async function sentTo({ browser }: Scene, uris: readonly string[], more = {}): Promise<string[]> {
  const sent: string[] = []
  for (const uri of uris) {
    const page = await browser().get(asking(uri, more))
    if (page.location !== undefined) sent.push(uri)
    else assert.equal(page.status, 400, uri)
  }
  return sent
}

test('an address that looks like a registered one is not it', async () => {
  await using scene = await openScene()
  assert.ok(corpus.length >= 120, String(corpus.length))

  assert.deepEqual(await sentTo(scene, corpus), [])
  assert.deepEqual(await sentTo(scene, [registered, `${registered}?tenant=1`]), [registered, `${registered}?tenant=1`])
})

test('the control: compared in any of five other ways, some of them are taken', async () => {
  await using scene = await openScene()
  const keysets = await idKeysetsOf(scene.house)
  const { provider } = remake({ house: scene.house, library: await loadOauthLibrary(), keysets })

  for (const [title, isAllowed] of Object.entries(lenient)) {
    provider.Client.prototype.redirectUriAllowed = isAllowed
    assert.notDeepEqual(await sentTo(scene, corpus), [], title)
  }
})

test('a native application may listen at any port of this machine, and at nothing else', async () => {
  await using scene = await openScene()
  const own = ['http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb', 'com.example.phone:/cb']
  const others = [
    'http://127.0.0.1:49152/cb2', 'http://127.0.0.1:49152/CB', 'http://127.0.0.1:49152/cb/',
    'http://localhost:49152/cb',
    'http://127.0.0.1.evil.example:49152/cb', 'http://user@127.0.0.1:49152/cb', 'http://127.0.0.1:49152/cb#',
    'http://127.0.0.1:1@evil.example/cb', 'http://[::1]:49152/cb', 'http://127.1:49152/cb', 'http://2130706433/cb',
    'http://0.0.0.0:49152/cb', 'https://127.0.0.1:49152/cb', 'http://127.0.0.1:49152/cb?x=1', 'com.example.phone:/cb2',
    'COM.EXAMPLE.PHONE:/cb', 'com.example.phone://cb', 'com.example.phone:/cb#x', 'com.example.phone2:/cb',
  ] // prettier-ignore

  assert.deepEqual(await sentTo(scene, own, { client_id: 'phone' }), own)
  assert.deepEqual(await sentTo(scene, others, { client_id: 'phone' }), [])
  const port = 'http://127.0.0.1:49152/cb'
  assert.deepEqual(await sentTo(scene, [port], { client_id: 'spa' }), [])
})

test('only an address that has one reading can be registered', () => {
  const taken = corpus.filter((uri) => redirectFault(uri, 'server') === undefined)

  for (const uri of taken) {
    const { protocol, href, username, password, hash } = new URL(uri)
    assert.deepEqual([protocol, href, username + password + hash], [protocol, uri, ''], uri)
    assert.ok(protocol === 'https:' || /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/]/.test(uri), uri)
  }
  assert.equal(redirectFault(registered, 'server'), undefined)
  assert.equal(redirectFault('com.example.app:/cb', 'native'), undefined)
  assert.equal(redirectFault('http://localhost:3000/cb', 'server'), undefined)
  const wrong = ['app:/cb', 'com.example.app:/cb#x', 'http://localhost/cb', 'http://example.com/cb', 'javascript:1']
  for (const uri of wrong) assert.notEqual(redirectFault(uri, 'native'), undefined, uri)
  // The control: what can be parsed is not what may be registered.
  assert.ok(corpus.filter((uri) => URL.canParse(uri)).length > taken.length + 20)
})

test('after a sign-out nobody is sent elsewhere either', async () => {
  await using scene = await openScene()
  const browser = scene.browser()
  const { id_token: hint } = await tokensFor(scene, authorizeUrl(), browser)
  const leave = (uri: string): string =>
    `/oauth/end-session?${new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: uri }).toString()}`

  for (const uri of corpus.filter((one) => one !== '')) assert.equal((await browser.get(leave(uri))).status, 400, uri)
  assert.equal((await browser.get(leave(registered))).status, 400)
  assert.equal((await browser.get(leave('https://partner.example/bye'))).status, 200)
  const unknown = new URLSearchParams({ post_logout_redirect_uri: 'https://evil.example/' }).toString()
  const page = await browser.get(`/oauth/end-session?${unknown}`)
  const left = await browser.post('/oauth/end-session/confirm', { ...page.fields, logout: 'yes' })
  assert.equal(left.location, `${scene.url}/oauth/end-session/success`)
})
