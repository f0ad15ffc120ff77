// A clock that is set back: what the server gave out is not good for hours more, and nothing is remembered for hours.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { grants } from '../../src/features/oauth/nouns.ts'
import { secrets } from './app.ts'
import { api, basic, codeFor, exchange, onBoth, post, type Scene, type Tokens, tokensFor } from './scene.ts'

const hours = 2 * 60 * 60_000
const deed = { operation: 'test', caller: noOne, origin: fromInside }
const refresh = (token: string) => ({ grant_type: 'refresh_token', refresh_token: token })

/** Is a token good at the API, at userinfo and where it is asked about? */
async function goodAt(scene: Scene, token: string): Promise<boolean[]> {
  const info = await fetch(`${scene.url}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  const { body } = await post(scene, '/oauth/introspect', { token })
  return [(await api(scene, token, 'notes')).status === 200, info.status === 200, body['active'] === true]
}

onBoth('back: an access token from the future is refused, a refresh gives a good one', async (scene) => {
  const { access_token: access, refresh_token: again } = await tokensFor(scene)
  assert.deepEqual(await goodAt(scene, access), [true, true, true])
  scene.clock.advance(-30_000)
  assert.deepEqual(await goodAt(scene, access), [true, true, true], 'two clocks may differ by so much')
  scene.clock.advance(-hours)

  assert.deepEqual(await goodAt(scene, access), [false, false, false])
  const renewed = await post(scene, '/oauth/token', refresh(again))
  assert.equal(renewed.status, 200, JSON.stringify(renewed.body))
  const { access_token: fresh } = renewed.body as unknown as Tokens // RFC 6749 §5.1
  assert.deepEqual(await goodAt(scene, fresh), [true, true, true])
})

onBoth('back: the minute of a code does not become hours', async (scene) => {
  const [late, early] = [await codeFor(scene), await codeFor(scene)]
  assert.equal((await post(scene, '/oauth/token', exchange(late))).status, 200, 'the control')
  scene.clock.advance(-hours)

  assert.equal((await post(scene, '/oauth/token', exchange(early))).status, 400)
})

onBoth('back: what a process remembers of a token is looked up anew', async (scene) => {
  const { access_token: token } = await tokensFor(scene)
  await sleep(500) // a wake by what was written so far would make it forget
  assert.equal((await api(scene, token, 'notes')).status, 200)
  // Past the verbs, which would wake every process: as one that was not heard.
  await transact(scene.house, deed, {}, async (tx) => {
    await tx.sql({ grants }).updateTable('grants').set({ revokedAt: tx.now }).execute()
  })
  assert.equal((await api(scene, token, 'notes')).status, 200, 'the control: it is remembered for a second')
  scene.clock.advance(-30_000)

  assert.equal((await api(scene, token, 'notes')).status, 401)
})

onBoth('back: a network that brought strange tokens does not wait for hours', async (scene) => {
  const { access_token: token } = await tokensFor(scene)
  const stranger = async (n: number) => (await api(scene, String(n).padEnd(43, 'x'), 'notes')).status
  let tries = 0
  while ((await stranger(tries)) === 401) assert.ok(++tries < 200)
  assert.equal((await api(scene, token, 'notes')).status, 429, 'one that was not seen before is a stranger too')
  scene.clock.advance(-hours)

  const machine = { authorization: basic('robot', secrets.ROBOT_SECRET) }
  const { body } = await post(scene, '/oauth/token', { grant_type: 'client_credentials', scope: 'notes:read' }, machine)
  assert.equal((await api(scene, String(body['access_token']), 'notes')).status, 200)
})
