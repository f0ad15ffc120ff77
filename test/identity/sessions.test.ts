// Sessions from the outside: one successor for each refresh token, copies noticed, ends felt at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { as, ask, joined, openClub, type Pair, password, signIn } from './people.ts'

const refreshed = async (run: Awaited<ReturnType<typeof openClub>>, refreshToken: string): Promise<Pair> =>
  (await ask(run, 'refresh', { refreshToken })).body as Pair // the contract says what it is

test('fifty exchanges of one token at once have one successor', async () => {
  await using run = await openClub()
  const { refreshToken } = await joined(run, 'ann@example.com')

  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(run, 'refresh', { refreshToken })))

  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1)
})

test('a lost answer is made up for within ten seconds; after that the session ends', async () => {
  await using run = await openClub()
  const first = await joined(run, 'ann@example.com')
  const second = await refreshed(run, first.refreshToken)

  run.clock.advance(9_000)
  assert.deepEqual(await refreshed(run, first.refreshToken), second)
  run.clock.advance(2_000)
  const late = await ask(run, 'refresh', { refreshToken: first.refreshToken })

  assert.equal(late.status, 401)
  assert.equal((await ask(run, 'refresh', { refreshToken: second.refreshToken })).status, 401)
  assert.equal((await as(run, second.accessToken, 'GET', 'auth/me')).status, 401)
  await run.settle()
  assert.match((await run.mails())[0]?.text ?? '', /used again/)
})

test('a token older than the last one ends the session at once, even within ten seconds', async () => {
  await using run = await openClub()
  const first = await joined(run, 'ann@example.com')
  const second = await refreshed(run, first.refreshToken)
  const third = await refreshed(run, second.refreshToken)

  assert.equal((await ask(run, 'refresh', { refreshToken: first.refreshToken })).status, 401)

  assert.equal((await as(run, third.accessToken, 'GET', 'auth/me')).status, 401)
  assert.equal((await ask(run, 'refresh', { refreshToken: third.refreshToken })).status, 401)
})

test('signing out ends the session on the next request; other devices stay', async () => {
  await using run = await openClub()
  const here = await joined(run, 'ann@example.com')
  const there = await signIn(run, 'ann@example.com')
  assert.equal((await as(run, here.accessToken, 'GET', 'auth/me')).status, 200)

  assert.equal((await as(run, here.accessToken, 'POST', 'auth/logout')).status, 204)

  assert.equal((await as(run, here.accessToken, 'GET', 'auth/me')).status, 401)
  assert.equal((await ask(run, 'refresh', { refreshToken: here.refreshToken })).status, 401)
  assert.equal((await as(run, there.accessToken, 'GET', 'auth/me')).status, 200)
})

test('a person lists their devices and signs one out; nobody else can', async () => {
  await using run = await openClub()
  const here = await joined(run, 'ann@example.com')
  const there = await signIn(run, 'ann@example.com')
  const bob = await joined(run, 'bob@example.com')
  const list = await as(run, here.accessToken, 'GET', 'auth/sessions?sort=-id')
  const [newest] = (list.body as { data: { id: string }[] }).data

  assert.equal((list.body as { data: object[] }).data.length, 2)
  assert.equal((await as(run, bob.accessToken, 'DELETE', `auth/sessions/${newest!.id}`)).status, 404)
  assert.equal((await as(run, here.accessToken, 'DELETE', `auth/sessions/${newest!.id}`)).status, 204)
  assert.equal((await as(run, there.accessToken, 'GET', 'auth/me')).status, 401)
  assert.equal((await as(run, here.accessToken, 'GET', 'auth/me')).status, 200)
})

test('a token ends after ten minutes, a session after two weeks unused and after thirty days', async () => {
  await using run = await openClub()
  const first = await joined(run, 'ann@example.com')
  const day = 86_400_000

  run.clock.advance(12 * 60_000)
  assert.equal((await as(run, first.accessToken, 'GET', 'auth/me')).status, 401)
  const second = await refreshed(run, first.refreshToken)
  run.clock.advance(13 * day)
  const third = await refreshed(run, second.refreshToken)
  assert.ok(third.accessToken)
  run.clock.advance(14 * day + 1)
  assert.equal((await ask(run, 'refresh', { refreshToken: third.refreshToken })).status, 401)

  const again = await signIn(run, 'ann@example.com')
  let last = again
  for (let n = 0; n < 3; n++) {
    run.clock.advance(9 * day)
    last = await refreshed(run, last.refreshToken)
  }
  run.clock.advance(4 * day)
  assert.equal((await ask(run, 'refresh', { refreshToken: last.refreshToken })).status, 401)
})

test('of many wrong passwords at once no more are tried than the limit lets; later the owner gets in', async () => {
  await using run = await openClub()
  await joined(run, 'ann@example.com')
  const wrong = { email: 'ann@example.com', password: 'a wrong and long one' }

  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(run, 'login', wrong)))
  const tried = answers.filter(({ status }) => status === 401).length
  const refused = answers.filter(({ status }) => status === 429)

  assert.ok(tried <= 10, `${tried} were tried`)
  assert.equal(tried + refused.length, 50)
  assert.ok(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0))
  run.clock.advance(15 * 60_000)
  assert.equal((await ask(run, 'login', { email: 'ann@example.com', password })).status, 200)
})

test('after a hundred wrong passwords in a row only a new password helps, and nobody is told', async () => {
  await using run = await openClub()
  await joined(run, 'ann@example.com')
  for (let n = 0; n < 100; n++) {
    await ask(run, 'login', { email: 'ann@example.com', password: 'a wrong and long one' })
    run.clock.advance(15 * 60_000)
  }

  const right = await ask(run, 'login', { email: 'ann@example.com', password })
  await run.settle()

  assert.equal(right.status, 401)
  assert.match((await run.mails())[0]?.text ?? '', /many wrong passwords/)
})
