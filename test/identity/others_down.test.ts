// A service that is down is a 503, and what was begun goes on when it is back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser } from './browser.ts'
import { exchange, isCallback, startOf, walk, withOthers } from './others.ts'

const ann = { email: 'ann@example.com', email_verified: true }

void test('a way back while the service is down is tried again, and succeeds once it is back', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    const browser = openBrowser(run)
    await browser.open(startOf(), { subject: '1', until: isCallback })
    const url = browser.history.at(-1) ?? ''

    for (const status of [500, 502, 503, 429]) {
      issuer.lies = { fails: { '/token': status } }
      const down = await browser.open(url)
      assert.deepEqual([down.status, down.said.size], [503, 0], String(status))
    }
    await issuer.close()
    assert.equal((await browser.open(url)).status, 503)
    await issuer.open()
    issuer.lies = {}

    const stop = await browser.open(url)
    assert.equal((await exchange(run, stop)).status, 200)
  })
})

void test('nobody leaves for a service that is down; metadata that is known lasts through an outage', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    issuer.lies = { fails: { '/.well-known/openid-configuration': 500 } }
    const { pathname, search } = new URL(startOf())
    const refused = await run.anonymous.request('GET', `${pathname}${search}`)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
    assert.equal(refused.headers.get('set-cookie'), null)

    issuer.lies = {}
    await walk(scene, '1')
    const count = (): number => issuer.asked.filter(({ path }) => path.includes('openid-configuration')).length
    const asked = count()
    await walk(scene, '1')
    assert.equal(count(), asked, 'it is asked for once')
    run.clock.advance(61 * 60_000)
    issuer.lies = { fails: { '/.well-known/openid-configuration': 500 } }
    assert.ok((await walk(scene, '1')).said.get('code'))
    assert.equal(count(), asked + 1, 'it was asked for again after an hour')
  })
})
