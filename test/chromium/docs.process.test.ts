// The reader of the contract in a browser: looked through, an operation tried, and nothing asked of anybody else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ann, openScene, password, type Scene } from '../oauth/scene.ts'
import { Chromium, findChromium } from './chromium.ts'

const found = findChromium()
const needs = { skip: 'skip' in found ? found.skip : false }
const program = 'program' in found ? found.program : ''

async function onPage(run: (browser: Chromium, scene: Scene) => Promise<void>): Promise<void> {
  await using scene = await openScene({ host: 'localhost' })
  await using browser = await Chromium.open(program)
  await browser.go(`${scene.url}/docs`)
  await run(browser, scene)
  assert.deepEqual(browser.complaints, [])
  const elsewhere = browser.asked.filter((address) => !address.startsWith(`${scene.url}/`))
  assert.deepEqual(elsewhere, [], 'asked of others')
}

/** Types into a field, as its page hears it. */
const type = (browser: Chromium, selector: string, text: string): Promise<unknown> =>
  browser.evaluate(`{
    const field = document.querySelector(${JSON.stringify(selector)})
    field.value = ${JSON.stringify(text)}
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }`)

test('the page has its style and its script, and finds an operation', needs, async () => {
  await onPage(async (browser) => {
    assert.equal(await browser.evaluate('getComputedStyle(document.body).margin'), '0px')
    const shown = "[...document.querySelectorAll('details.operation:not([hidden])')].map((one) => one.id)"
    const all = (await browser.evaluate(shown)) as string[]

    await type(browser, '#find', 'POST login')
    const few = (await browser.evaluate(shown)) as string[]

    assert.ok(few.includes('operation-auth.login') && few.length < all.length / 4, `${few.length} of ${all.length}`)
  })
})

test('an operation is tried from the page, its example as the body', needs, async () => {
  await onPage(async (browser) => {
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
})
