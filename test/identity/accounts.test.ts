// Accounts from the outside: registration that tells nobody anything, letters that work once, passwords that change.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { as, ask, codeFor, joined, openClub, password, signIn } from './people.ts'

const minute = 60_000

test('somebody registers, confirms the address, signs in, and is somebody', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, 'ann@example.com', { name: 'Ann' })

  const me = await as(run, accessToken, 'GET', 'auth/me')
  const note = await as(run, accessToken, 'POST', 'notes', { text: 'Buy tea' })

  assert.equal(me.status, 200)
  const { id, email, verified, profile } = me.body as Record<string, unknown>
  assert.deepEqual([email, verified, (profile as { name: string }).name], ['ann@example.com', true, 'Ann'])
  assert.equal((note.body as { writer: string }).writer, id)
})

test('registering answers the same for an address that is known, that waits, and that is new', async () => {
  await using run = await openClub()
  await joined(run, 'ann@example.com')
  await ask(run, 'register', { email: 'bob@example.com', password })

  const answers = []
  for (const email of ['ann@example.com', 'bob@example.com', 'new@example.com']) {
    const { status, body, headers } = await ask(run, 'register', { email, password: 'another long enough one' })
    answers.push({ status, body, names: [...headers.keys()].filter((name) => name !== 'x-request-id').toSorted() })
  }

  assert.deepEqual(answers[0], answers[1])
  assert.deepEqual(answers[1], answers[2])
  await run.settle()
  const letter = (await run.mails()).find(({ to }) => to === 'ann@example.com')
  assert.match(letter?.subject ?? '', /already/)
  await signIn(run, 'ann@example.com') // nothing changed: the old password is the one
})

test('nobody signs in before the address is confirmed; only the right password is told how', async () => {
  await using run = await openClub()
  await ask(run, 'register', { email: 'ann@example.com', password })
  await run.settle() // what comes of it is done after the answer

  const right = await ask(run, 'login', { email: 'ann@example.com', password })
  const wrong = await ask(run, 'login', { email: 'ann@example.com', password: 'something else entirely' })
  const nobody = await ask(run, 'login', { email: 'nobody@example.com', password })

  assert.equal(right.status, 403)
  assert.deepEqual([wrong.status, nobody.status], [401, 401])
  const told = ({ body }: typeof wrong): unknown => ({ ...(body as object), requestId: '' })
  assert.deepEqual(told(wrong), told(nobody))
})

test('a letter can be asked for again, and the newest code works once', async () => {
  await using run = await openClub()
  await ask(run, 'register', { email: 'ann@example.com', password })
  const first = await codeFor(run, 'ann@example.com')
  assert.equal((await ask(run, 'verify/send', { email: 'ann@example.com' })).status, 202)
  const second = await codeFor(run, 'ann@example.com')

  assert.notEqual(second, first)
  assert.equal((await ask(run, 'verify', { token: second })).status, 204)
  assert.equal((await ask(run, 'verify', { token: second })).status, 422)
  assert.equal((await ask(run, 'verify', { token: first })).status, 422)
})

test('a code ends with its time', async () => {
  await using run = await openClub()
  await ask(run, 'register', { email: 'ann@example.com', password })
  const token = await codeFor(run, 'ann@example.com')

  run.clock.advance(24 * 60 * minute + 1)

  assert.equal((await ask(run, 'verify', { token })).status, 422)
})

test('a forgotten password is set anew: once, ending every session, and without signing in', async () => {
  await using run = await openClub()
  const { accessToken, refreshToken } = await joined(run, 'ann@example.com')
  assert.equal((await ask(run, 'password/forgot', { email: 'ann@example.com' })).status, 202)
  const token = await codeFor(run, 'ann@example.com')
  const fresh = 'an entirely different phrase'

  assert.equal((await ask(run, 'password/reset', { token, password: 'short' })).status, 422)
  const done = await ask(run, 'password/reset', { token, password: fresh })

  assert.deepEqual([done.status, done.body], [204, undefined])
  assert.equal((await ask(run, 'password/reset', { token, password: fresh })).status, 422)
  assert.equal((await as(run, accessToken, 'GET', 'auth/me')).status, 401)
  assert.equal((await ask(run, 'refresh', { refreshToken })).status, 401)
  assert.equal((await ask(run, 'login', { email: 'ann@example.com', password })).status, 401)
  assert.equal((await ask(run, 'login', { email: 'ann@example.com', password: fresh })).status, 200)
})

test('forgetting is answered alike for everybody, and nobody but the owner gets a letter', async () => {
  await using run = await openClub()
  await joined(run, 'ann@example.com')
  const before = (await run.mails()).length

  const known = await ask(run, 'password/forgot', { email: 'ann@example.com' })
  const unknown = await ask(run, 'password/forgot', { email: 'nobody@example.com' })
  await run.settle()

  assert.deepEqual([known.status, known.body], [unknown.status, unknown.body])
  assert.equal((await run.mails()).length, before + 1)
})

test('letters of one kind to one address are five an hour at most', async () => {
  await using run = await openClub()
  await ask(run, 'register', { email: 'ann@example.com', password })

  for (let n = 0; n < 10; n++) await ask(run, 'verify/send', { email: 'ann@example.com' })
  await run.settle()

  assert.equal((await run.mails()).length, 5)
})

test('who knows the password changes it; the session at hand stays, the others end', async () => {
  await using run = await openClub()
  const here = await joined(run, 'ann@example.com')
  const there = await signIn(run, 'ann@example.com')
  const fresh = 'an entirely different phrase'

  const wrong = await as(run, here.accessToken, 'POST', 'auth/password/change', { current: fresh, password: fresh })
  const done = await as(run, here.accessToken, 'POST', 'auth/password/change', { current: password, password: fresh })

  assert.deepEqual([wrong.status, done.status], [422, 204])
  assert.equal((await as(run, here.accessToken, 'GET', 'auth/me')).status, 200)
  assert.equal((await as(run, there.accessToken, 'GET', 'auth/me')).status, 401)
  await run.settle()
  assert.match((await run.mails())[0]?.text ?? '', /password was changed/)
})

test('passwords: long enough, not known from breaches, not made of the address', async () => {
  await using run = await openClub()
  const code = async (candidate: string): Promise<string | undefined> => {
    const { body } = await ask(run, 'register', { email: 'ann.smith@example.com', password: candidate })
    return (body as { errors?: { pointer: string; code: string }[] } | undefined)?.errors?.[0]?.code
  }

  assert.equal(await code('fourteen chars'), 'too_short')
  assert.equal(await code('passwordpassword'), 'too_common')
  assert.equal(await code('ann.smith ann.smith'), 'bad_check')
  assert.equal(await code(`${'ä'.repeat(20)} ${'b'.repeat(3)}`), undefined)
})

for (const [name, value] of [
  ['null', null],
  ['an array', ['x']],
  ['an object', { $ne: '' }],
  ['a number', 7],
  ['a lone surrogate', '\ud800 and enough more text'],
  ['NUL', `${password}\0`],
] as const) {
  test(`${name} in any credential is a 422 that names it, and changes nothing`, async () => {
    await using run = await openClub()
    const flows: readonly (readonly [string, string, object])[] = [
      ['register', '/email', { email: value, password }],
      ['register', '/password', { email: 'ann@example.com', password: value }],
      ['login', '/email', { email: value, password }],
      ['login', '/password', { email: 'ann@example.com', password: value }],
      ['verify', '/token', { token: value }],
      ['refresh', '/refreshToken', { refreshToken: value }],
      ['password/forgot', '/email', { email: value }],
      ['password/reset', '/token', { token: value, password }],
    ]

    for (const [flow, pointer, body] of flows) {
      const { status, body: told } = await ask(run, flow, body)
      const { errors = [] } = told as { errors?: { pointer: string }[] }
      assert.deepEqual([flow, status, errors[0]?.pointer], [flow, 422, pointer])
    }
    await run.settle()
    assert.deepEqual(await run.mails(), [])
  })
}
