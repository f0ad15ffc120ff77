// Sign-in with another service, walked from end to end with a real one.
import assert from 'node:assert/strict'
import { arrive, exchange, onBothWithOthers, walk } from './others.ts'
import { as, ask, type Pair } from './people.ts'

const ann = { email: 'ann@example.com', email_verified: true }

onBothWithOthers('who was not here before gets an account and a session, and the same one again', async (scene) => {
  const { run, issuer } = scene
  issuer.people.set('1', ann)

  const stop = await walk(scene, '1')
  assert.equal(stop.url, 'http://localhost/signed-in')
  const first = await exchange(run, stop)
  assert.equal(first.status, 200, first.text)

  const { accessToken, refreshToken } = first.body as Pair
  const me = (await as(run, accessToken, 'GET', 'auth/me')).body as Record<string, unknown>
  assert.deepEqual([me['email'], me['verified']], [ann.email, true])
  assert.equal((await ask(run, 'refresh', { refreshToken })).status, 200)
  const listed = (await as(run, accessToken, 'GET', 'auth/identities')).body as { data: Record<string, unknown>[] }
  assert.deepEqual(
    listed.data.map(({ provider, email }) => [provider, email]),
    [['acme', ann.email]],
  )
  assert.ok(!('subject' in (listed.data[0] ?? {})))

  // Another address there is still the same person.
  issuer.people.set('1', { email: 'ann@elsewhere.example', email_verified: false })
  const second = (await arrive(scene, '1')).body as Pair
  const again = (await as(run, second.accessToken, 'GET', 'auth/me')).body as Record<string, unknown>
  assert.deepEqual([again['id'], again['email']], [me['id'], ann.email])
})
