// Sign-in with another service, walked from end to end with a real one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findings, operationsOf } from './hostile_values.ts'
import { arrive, believing, exchange, onBothWithOthers, walk, withOthers } from './others.ts'
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

onBothWithOthers(
  'of ten first sign-ins of one person at once, one makes the account and all are in it',
  async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    await ask(run, 'register', { email: ann.email, password: 'a password of somebody else' })
    await run.settle() // the account is made after the answer
    const stops = await Promise.all(Array.from({ length: 10 }, () => walk(scene, '1')))

    const answers = await Promise.all(stops.map((stop) => exchange(run, stop)))

    assert.ok(
      answers.every(({ status }) => status === 200 || status === 409),
      answers.map(({ text }) => text).join('\n'),
    )
    const again = await arrive(scene, '1')
    const tokens = [...answers, again]
      .filter(({ status }) => status === 200)
      .map(({ body }) => (body as Pair).accessToken)
    assert.ok(tokens.length >= 2)
    const ids = await Promise.all(
      tokens.map(async (token) => ((await as(run, token, 'GET', 'auth/me')).body as Who).id),
    )
    assert.equal(new Set(ids).size, 1)
  },
)

interface Who {
  readonly id: string
}

void test('an account without a password is signed in to by none, and may get one by letter', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    await arrive(scene, '1')
    for (const password of ['null', 'undefined', ' ', 'a password that nobody chose'])
      assert.equal((await ask(run, 'login', { email: ann.email, password })).status, 401)
    assert.equal((await ask(run, 'password/forgot', { email: ann.email })).status, 202)
    await run.settle()
    const [letter] = await run.mails()
    const token = /#token=(\w+)/.exec(letter?.text ?? '')?.[1] ?? ''
    const password = 'seven wild geese fly north'
    assert.equal((await ask(run, 'password/reset', { token, password })).status, 204)
    assert.equal((await ask(run, 'login', { email: ann.email, password })).status, 200)
  })
})

void test('what a client says of a new account fills the profile, and never the address', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    const stop = await walk(scene, '1')
    const verifiedAt = '2026-01-01T00:00:00.000Z'
    for (const profile of [{ email: 'root@example.com' }, { verifiedAt }, { id: 'a' }, { roles: 'admin' }])
      assert.equal((await exchange(run, stop, { profile })).status, 422)
    const { accessToken } = (await exchange(run, stop, { profile: { name: 'Ann' } })).body as Pair
    const { email, roles, profile } = (await as(run, accessToken, 'GET', 'auth/me')).body as Me
    assert.deepEqual([email, roles, profile.name], [ann.email, [], 'Ann'])
  })
})

interface Me {
  readonly email: string
  readonly roles: readonly unknown[]
  readonly profile: { readonly name: string }
}

void test('wrong values of every kind in every field are refused by the name of their field', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', ann)
    const { accessToken } = (await arrive(scene, '1')).body as Pair
    const operations = operationsOf(believing(issuer), 'auth').filter(({ path }) => /oauth|identities/.test(path))
    assert.equal(operations.length, 3)
    const { data } = (await as(run, accessToken, 'GET', 'auth/identities')).body as { data: Who[] }
    const found = await findings(operations, async (method, path, body) =>
      as(run, accessToken, method, path.slice('/api/v1/'.length).replace(':id', data[0]?.id ?? ''), body),
    )
    assert.deepEqual(found, [])
  })
})
