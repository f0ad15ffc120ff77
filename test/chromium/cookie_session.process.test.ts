// A session kept by a cookie, in a browser that decides itself what it sends and shows: for pages of ours alone.
import assert from 'node:assert/strict'
import { ann, password } from '../oauth/scene.ts'
import type { Chromium } from './chromium.ts'
import { inBrowser } from './in_browser.ts'

/** What a page gets for a request: its status, or how the browser kept the page from it. */
const asks = (browser: Chromium, url: string, init: object = {}): Promise<unknown> =>
  browser.evaluate(`fetch(${JSON.stringify(url)}, ${JSON.stringify(init)})
    .then(({ status }) => status, (error) => error.name)`)

const json = { 'content-type': 'application/json' }
const writing = { method: 'POST', headers: json, body: JSON.stringify({ text: 'by a page' }) }

inBrowser(
  'a page of ours signs in, writes, signs out; no script sees the cookie, no other site acts by it',
  async (browser, scene) => {
    const [ours, api] = [`${scene.url}/docs`, `${scene.url}/api/v1`]
    const login = { method: 'POST', headers: json, body: JSON.stringify({ email: ann, password, session: 'cookie' }) }

    await browser.go(ours)
    assert.equal(await asks(browser, `${api}/auth/me`), 401)
    assert.equal(await asks(browser, `${api}/auth/login`, login), 200)
    assert.equal(await asks(browser, `${api}/auth/me`), 200)
    assert.equal(await asks(browser, `${api}/notes`, writing), 201)
    assert.equal(await browser.evaluate('document.cookie'), '')

    // The same server by another name: to a browser it is another site.
    await browser.send('Page.setBypassCSP', { enabled: true })
    await browser.go(ours.replace('localhost', '127.0.0.1'))
    // The last one arrives, with no preflight before it; the browser keeps what is answered from the page.
    const simple = { method: 'POST', body: writing.body, credentials: 'include' }
    assert.equal(await asks(browser, `${api}/auth/me`, { credentials: 'include' }), 'TypeError')
    assert.equal(await asks(browser, `${api}/notes`, { ...writing, credentials: 'include' }), 'TypeError')
    assert.equal(await asks(browser, `${api}/notes`, { ...simple, mode: 'no-cors' }), 'TypeError')

    await browser.go(ours)
    assert.equal(await asks(browser, `${api}/auth/me`), 200, 'the control: it is signed in all the while')
    const notes = await browser.evaluate(`fetch('${api}/notes').then((answer) => answer.json())`)
    assert.equal((notes as { data: unknown[] }).data.length, 1)
    assert.equal(await asks(browser, `${api}/auth/logout`, { method: 'POST', headers: json, body: '{}' }), 204)
    assert.equal(await asks(browser, `${api}/auth/me`), 401)
  },
)
