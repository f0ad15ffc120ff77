// The reader of the contract in a browser: looked through, an operation tried, and nothing asked of anybody else.
import assert from 'node:assert/strict'
import { ann, password } from '../oauth/scene.ts'
import type { Chromium } from './chromium.ts'
import { inBrowser } from './in_browser.ts'

/** Opens the page; of whatever it does, nothing is asked of anybody else. */
const onPage = (title: string, run: (browser: Chromium) => Promise<void>): void =>
  inBrowser(title, async (browser, { url }) => {
    await browser.go(`${url}/docs`)
    await run(browser)
    const elsewhere = browser.asked.filter((address) => !address.startsWith(`${url}/`))
    assert.deepEqual(elsewhere, [])
  })

/** Types into a field, as its page hears it. */
const type = (browser: Chromium, selector: string, text: string): Promise<unknown> =>
  browser.evaluate(`{
    const field = document.querySelector(${JSON.stringify(selector)})
    field.value = ${JSON.stringify(text)}
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }`)

onPage('the page has its style and its script, and finds an operation', async (browser) => {
  assert.equal(await browser.evaluate('getComputedStyle(document.body).margin'), '0px')
  const shown = "[...document.querySelectorAll('details.operation:not([hidden])')].map((one) => one.id)"
  const all = (await browser.evaluate(shown)) as string[]

  await type(browser, '#find', 'POST login')
  const few = (await browser.evaluate(shown)) as string[]

  assert.ok(few.includes('operation-auth.login') && few.length < all.length / 4, `${few.length} of ${all.length}`)
})

onPage('an operation is tried from the page, its example as the body', async (browser) => {
  await browser.evaluate("location.hash = '#operation-auth.login'")
  await browser.until("document.getElementById('operation-auth.login').open")
  const body = '#auth\\.login-body'
  const written = await browser.evaluate(`document.querySelector(${JSON.stringify(body)}).value`)
  const example: unknown = JSON.parse(String(written))
  await type(browser, body, JSON.stringify({ email: ann, password }))
  await browser.evaluate("document.getElementById('operation-auth.login').querySelector('details.try').open = true")
  await browser.click('#operation-auth\\.login button[type=submit]')

  const output = "document.getElementById('operation-auth.login').querySelector('output').textContent"
  await browser.until(`${output}.includes('accessToken')`)
  assert.match(String(await browser.evaluate(output)), /^POST \/api\/v1\/auth\/login\n200 in \d+ ms\n/)
  assert.ok(typeof example === 'object' && example !== null && 'email' in example)
})
