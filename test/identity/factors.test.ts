// Second factors from the outside: each is asked for, taken once, limited, and comes and goes with a fresh proof only.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { as, ask, codeFor, joined, openClub, password, signIn } from './people.ts'
import { codeAt, type Enrolled, enrolled, minute, pending, step } from './factors.ts'

const ann = 'ann@example.com'
const keysOf = (body: unknown): string[] => Object.keys(Object(body)).toSorted()

test('an app is enrolled, and from then on a sign-in needs its code', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, ann)
  const begun = await as(run, accessToken, 'POST', 'auth/mfa/totp/enrol', {})
  const { secret, address } = begun.body as { secret: string; address: string }

  assert.match(address, /^otpauth:\/\/totp\/club:ann%40example.com\?.*secret=/)
  assert.ok((await signIn(run, ann)).accessToken, 'an app that is not confirmed is none')
  assert.equal((await as(run, accessToken, 'POST', 'auth/mfa/totp/confirm', { totp: '000000' })).status, 422)
  const done = await as(run, accessToken, 'POST', 'auth/mfa/totp/confirm', { totp: codeAt(run, secret) })
  const { recoveryCodes } = done.body as { recoveryCodes: string[] }

  assert.deepEqual([done.status, recoveryCodes.length, new Set(recoveryCodes).size], [200, 10, 10])
  const half = await ask(run, 'login', { email: ann, password })
  assert.deepEqual(keysOf(half.body), ['methods', 'mfaToken'])
  assert.deepEqual((half.body as { methods: string[] }).methods, ['totp', 'recovery'])
  run.clock.advance(step)
  const { mfaToken } = half.body as { mfaToken: string }
  const whole = await ask(run, 'mfa/login', { mfaToken, totp: codeAt(run, secret) })
  assert.equal(whole.status, 200, JSON.stringify(whole.body))
  const me = await as(run, (whole.body as Enrolled).accessToken, 'GET', 'auth/mfa')
  assert.deepEqual(me.body, { totp: true, passkeys: 0, recoveryCodes: 10 })
  await run.settle()
  assert.match((await run.mails())[0]?.text ?? '', /second factor was added/)
})

test('what waits for a factor is no token for anything, works once, and ends after ten minutes', async () => {
  await using run = await openClub()
  const { secret } = await enrolled(run, ann)
  const { mfaToken } = await pending(run, ann)
  const late = await pending(run, ann)

  assert.equal((await as(run, mfaToken, 'GET', 'auth/me')).status, 401)
  assert.equal((await ask(run, 'refresh', { refreshToken: mfaToken })).status, 401)
  assert.equal((await ask(run, 'mfa/login', { mfaToken, totp: codeAt(run, secret) })).status, 200)
  run.clock.advance(step)
  assert.equal((await ask(run, 'mfa/login', { mfaToken, totp: codeAt(run, secret) })).status, 401)
  run.clock.advance(10 * minute)
  assert.equal((await ask(run, 'mfa/login', { mfaToken: late.mfaToken, totp: codeAt(run, secret) })).status, 401)
})

test('a code works once, and none before it does after it', async () => {
  await using run = await openClub()
  const { secret } = await enrolled(run, ann)
  const before = codeAt(run, secret)
  run.clock.advance(step)
  const now = codeAt(run, secret)
  const tried = async (totp: string): Promise<number> => {
    const { mfaToken } = await pending(run, ann)
    return (await ask(run, 'mfa/login', { mfaToken, totp })).status
  }

  assert.equal(await tried(now), 200)
  assert.equal(await tried(now), 401)
  assert.equal(await tried(before), 401)
})

for (const kind of ['totp', 'recovery'] as const)
  test(`of 50 sign-ins at once by one ${kind} code, one succeeds`, async () => {
    await using run = await openClub()
    const { secret, recoveryCodes } = await enrolled(run, ann)
    const code = kind === 'totp' ? codeAt(run, secret) : recoveryCodes[3]
    const waiting = [await pending(run, ann), await pending(run, ann), await pending(run, ann)]

    const tries = Array.from({ length: 50 }, (_, n) => ({ ...waiting[n % 3], [kind]: code }))
    const answers = await Promise.all(tries.map((body) => ask(run, 'mfa/login', body)))

    const count = (wanted: number): number => answers.filter(({ status }) => status === wanted).length
    assert.equal(count(200), 1)
    assert.equal(count(200) + count(401) + count(429), 50)
  })

test('wrong codes: no more are judged than the limit lets, the owner hears of it, and after 100 none is', async () => {
  await using run = await openClub()
  const { recoveryCodes } = await enrolled(run, ann)
  const { mfaToken } = await pending(run, ann)
  const wrong = { mfaToken, totp: '000000' }

  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(run, 'mfa/login', wrong)))
  const judged = answers.filter(({ status }) => status === 401).length
  assert.ok(judged <= 10, `${judged} were judged`)
  assert.equal(judged + answers.filter(({ status }) => status === 429).length, 50)
  await run.settle()
  assert.match((await run.mails())[0]?.text ?? '', /knows the password/)
  for (let n = judged; n < 100;) {
    run.clock.advance(15 * minute)
    const next = { ...(await pending(run, ann)), totp: '000000' }
    for (let at = 0; at < 10 && n < 100; at++, n++) {
      assert.equal((await ask(run, 'mfa/login', next)).status, 401, `try ${n}`)
      run.clock.advance(step)
    }
    if (n < 100) assert.equal((await ask(run, 'mfa/login', next)).status, 429)
  }
  run.clock.advance(15 * minute)
  assert.equal((await ask(run, 'login', { email: ann, password })).status, 401)

  await ask(run, 'password/forgot', { email: ann })
  const token = await codeFor(run, ann)
  const fresh = 'an entirely different phrase'
  assert.equal((await ask(run, 'password/reset', { token, password: fresh })).status, 204)
  const again = await pending(run, ann, fresh)
  assert.equal(
    (await ask(run, 'mfa/login', { mfaToken: again.mfaToken, recovery: recoveryCodes[0] })).status,
    200,
    'a new password begins anew',
  )
})

test('a recovery code signs in once, however it is typed, and its owner hears of it', async () => {
  await using run = await openClub()
  const { recoveryCodes } = await enrolled(run, ann)
  const typed = ` ${recoveryCodes[0]?.toLowerCase().replaceAll('-', ' ')}`
  const first = await pending(run, ann)
  const second = await pending(run, ann)

  assert.equal((await ask(run, 'mfa/login', { mfaToken: first.mfaToken, recovery: typed })).status, 200)
  assert.equal((await ask(run, 'mfa/login', { mfaToken: second.mfaToken, recovery: typed })).status, 401)
  await run.settle()
  assert.match((await run.mails())[0]?.text ?? '', /recovery code was used/)
})

test('new recovery codes take the place of the old', async () => {
  await using run = await openClub()
  const { accessToken, recoveryCodes } = await enrolled(run, ann)

  const made = await as(run, accessToken, 'POST', 'auth/mfa/recovery', {})
  const [fresh] = (made.body as { recoveryCodes: string[] }).recoveryCodes

  const old = await pending(run, ann)
  assert.equal((await ask(run, 'mfa/login', { mfaToken: old.mfaToken, recovery: recoveryCodes[0] })).status, 401)
  assert.equal((await ask(run, 'mfa/login', { mfaToken: old.mfaToken, recovery: fresh })).status, 200)
})

test('a new password switches no factor off, ends remembered devices, and signs in nobody', async () => {
  await using run = await openClub()
  const { secret } = await enrolled(run, ann)
  const { mfaToken } = await pending(run, ann)
  const waiting = await pending(run, ann)
  const known = await ask(run, 'mfa/login', { mfaToken, totp: codeAt(run, secret), remember: true })
  const { deviceToken } = known.body as { deviceToken: string }
  await ask(run, 'password/forgot', { email: ann })
  const token = await codeFor(run, ann)

  const short = 'goose9fy' // eight characters will do beside a second factor
  assert.equal((await ask(run, 'password/reset', { token, password: short })).status, 204)

  const after = await ask(run, 'login', { email: ann, password: short, deviceToken })
  assert.deepEqual(keysOf(after.body), ['methods', 'mfaToken'])
  run.clock.advance(step)
  const stale = await ask(run, 'mfa/login', { mfaToken: waiting.mfaToken, totp: codeAt(run, secret) })
  assert.equal(stale.status, 401, 'what waited by the old password waits no more')
})

test('a device is remembered where that is asked, for thirty days, and can be forgotten', async () => {
  await using run = await openClub()
  const { secret, accessToken } = await enrolled(run, ann)
  const { mfaToken } = await pending(run, ann)
  const { body } = await ask(run, 'mfa/login', { mfaToken, totp: codeAt(run, secret), remember: true })
  const { deviceToken } = body as { deviceToken: string }
  const login = (given: string | null): Promise<{ body: unknown }> =>
    ask(run, 'login', { email: ann, password, deviceToken: given })
  await joined(run, 'bob@example.com')

  assert.match(deviceToken, /^pld_/)
  assert.ok(keysOf((await login(deviceToken)).body).includes('accessToken'))
  assert.ok(keysOf((await login(`${deviceToken.slice(0, -1)}x`)).body).includes('mfaToken'))
  assert.equal((await ask(run, 'login', { email: ann, password: 'not the right one', deviceToken })).status, 401)
  const list = await as(run, accessToken, 'GET', 'auth/mfa/devices')
  const [device, ...others] = (list.body as { data: { id: string }[] }).data
  assert.deepEqual([others, JSON.stringify(list.body).includes('hash')], [[], false])
  assert.equal((await as(run, accessToken, 'DELETE', `auth/mfa/devices/${device?.id}`)).status, 204)
  assert.ok(keysOf((await login(deviceToken)).body).includes('mfaToken'))

  run.clock.advance(step)
  const next = await pending(run, ann)
  const again = await ask(run, 'mfa/login', { mfaToken: next.mfaToken, totp: codeAt(run, secret), remember: true })
  run.clock.advance(30 * 24 * 60 * minute + 1)
  const old = await login((again.body as { deviceToken: string }).deviceToken)
  assert.ok(keysOf(old.body).includes('mfaToken'))
})

test('factors change by a proof of the last five minutes only, and by a factor where there is one', async () => {
  await using run = await openClub()
  const first = await joined(run, ann)
  run.clock.advance(5 * minute + 1)
  const stale = await as(run, first.accessToken, 'POST', 'auth/mfa/totp/enrol', {})
  assert.equal(stale.status, 401)
  assert.match(stale.headers.get('www-authenticate') ?? '', /insufficient_user_authentication.*max_age="300"/)

  const wrong = await as(run, first.accessToken, 'POST', 'auth/mfa/prove', { password: 'a wrong and long one' })
  assert.equal(wrong.status, 401)
  const proved = await as(run, first.accessToken, 'POST', 'auth/mfa/prove', { password })
  const { accessToken } = proved.body as Enrolled
  assert.equal((await as(run, first.accessToken, 'GET', 'auth/me')).status, 401, 'a copy gains nothing')
  const begun = await as(run, accessToken, 'POST', 'auth/mfa/totp/enrol', {})
  const { secret } = begun.body as { secret: string }
  const elsewhere = await signIn(run, ann)
  const confirmed = await as(run, accessToken, 'POST', 'auth/mfa/totp/confirm', { totp: codeAt(run, secret) })
  assert.equal(confirmed.status, 200)

  run.clock.advance(step)
  const remove = (token: string) => as(run, token, 'POST', 'auth/mfa/totp/remove', {})
  assert.equal((await remove(elsewhere.accessToken)).status, 401, 'it never showed the factor')
  const byPassword = await as(run, elsewhere.accessToken, 'POST', 'auth/mfa/prove', { password })
  assert.equal(byPassword.status, 422)
  const byCode = await as(run, elsewhere.accessToken, 'POST', 'auth/mfa/prove', { totp: codeAt(run, secret) })
  assert.equal((await remove((byCode.body as Enrolled).accessToken)).status, 204)
  assert.ok((await signIn(run, ann)).accessToken)
  await run.settle()
  assert.match((await run.mails())[0]?.text ?? '', /second factor was removed/)
})

test('a device that is remembered changes no factors', async () => {
  await using run = await openClub()
  const { secret } = await enrolled(run, ann)
  const { mfaToken } = await pending(run, ann)
  const { body } = await ask(run, 'mfa/login', { mfaToken, totp: codeAt(run, secret), remember: true })
  const { deviceToken } = body as { deviceToken: string }
  const known = await ask(run, 'login', { email: ann, password, deviceToken })

  const removed = await as(run, (known.body as Enrolled).accessToken, 'POST', 'auth/mfa/totp/remove', {})

  assert.equal(removed.status, 401)
})

test('a short password keeps the last factor on until there is a longer one', async () => {
  await using run = await openClub()
  const { accessToken } = await enrolled(run, ann)
  const short = 'goose9fy'
  const change = (from: string, to: string) =>
    as(run, accessToken, 'POST', 'auth/password/change', { current: from, password: to })
  assert.equal((await change(password, short)).status, 204)

  assert.equal((await as(run, accessToken, 'POST', 'auth/mfa/totp/remove', {})).status, 409)
  assert.equal((await change(short, password)).status, 204)
  assert.equal((await as(run, accessToken, 'POST', 'auth/mfa/totp/remove', {})).status, 204)
  assert.equal((await change(password, short)).status, 422)
})
