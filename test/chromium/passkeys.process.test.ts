// Passkeys as a browser knows them: made by its own script call, then used on the pages of the OAuth server.
import assert from 'node:assert/strict'
import { callback } from '../oauth/app.ts'
import { ann, api, authorizeUrl, exchange, password, post, type Scene } from '../oauth/scene.ts'
import type { Chromium } from './chromium.ts'
import { inBrowser } from './in_browser.ts'

const device = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
}

async function plugIn(browser: Chromium): Promise<void> {
  await browser.send('WebAuthn.enable')
  await browser.send('WebAuthn.addVirtualAuthenticator', { options: device })
}

/** Ann's access token, and how she asks by it. */
async function asAnn(scene: Scene): Promise<(path: string, sent: object) => Promise<unknown>> {
  const said = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const body = JSON.stringify({ email: ann, password })
  const signedIn = await fetch(`${scene.url}/api/v1/auth/login`, { ...said, body })
  const { accessToken } = (await signedIn.json()) as { accessToken: string }
  return async (path, sent) => {
    const answer = await api(scene, accessToken, path, { method: 'POST', body: JSON.stringify(sent) })
    assert.equal(answer.status, 200, await answer.clone().text())
    return answer.json()
  }
}

async function makePasskey(scene: Scene, browser: Chromium): Promise<void> {
  const ask = await asAnn(scene)
  const { publicKey } = (await ask('auth/passkeys/register/options', {})) as { publicKey: object }
  await browser.go(`${scene.url}/docs`)
  const made = await browser.evaluate(`navigator.credentials
    .create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(publicKey)}) })
    .then((credential) => credential.toJSON())`)
  await ask('auth/passkeys/register', { passkey: made })
}

inBrowser('a browser makes a passkey and signs in by it, with no more than two clicks', async (browser, scene) => {
  await plugIn(browser)
  await makePasskey(scene, browser)

  await browser.send('Page.navigate', { url: scene.url + authorizeUrl() })
  await browser.click('button[value=passkey]')
  await browser.click('button#ask')
  await browser.click('button[value=yes]:not(#ask)') // of what the application may
  const end = await browser.request(callback)

  const { status, body } = await post(scene, '/oauth/token', exchange(end.searchParams.get('code') ?? end.href))
  assert.equal(status, 200, JSON.stringify(body))
})

inBrowser('a browser whose device does not know the person says so, and the page stays', async (browser, scene) => {
  await plugIn(browser)

  await browser.send('Page.navigate', { url: scene.url + authorizeUrl() })
  await browser.click('button[value=passkey]')
  await browser.click('button#ask')
  await browser.until(`document.getElementById('fault').textContent.startsWith('The passkey was not given.')`)

  assert.ok(!browser.asked.some((address) => address.startsWith(callback)))
})
