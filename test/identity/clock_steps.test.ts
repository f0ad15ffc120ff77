// A clock that is set two hours ahead, or back: nothing of a moment lasts for hours, and nobody is locked out for them.
import assert from 'node:assert/strict'
import { codeAt, enrolled, minute, pending, step } from './factors.ts'
import { as, ask, codeFor, joined, lettersTo, onBoth, type Pair, password, signIn } from './people.ts'

const ann = 'ann@example.com'
const hours = 2 * 60 * minute

onBoth('ahead: tokens and proofs of the time before are over, sessions go on', async (run) => {
  const { secret, ...pair } = await enrolled(run, ann)
  await ask(run, 'password/forgot', { email: ann })
  const token = await codeFor(run, ann)
  const waiting = await pending(run, ann)
  run.clock.advance(hours)

  assert.equal((await as(run, pair.accessToken, 'GET', 'auth/me')).status, 401)
  assert.equal((await ask(run, 'password/reset', { token, password: 'an entirely different phrase' })).status, 422)
  assert.equal((await ask(run, 'mfa/login', { ...waiting, totp: codeAt(run, secret) })).status, 401)
  const renewed = await ask(run, 'refresh', { refreshToken: pair.refreshToken })
  const { accessToken } = renewed.body as Pair
  assert.equal((await as(run, accessToken, 'GET', 'auth/me')).status, 200)
  assert.equal(
    (await as(run, accessToken, 'POST', 'auth/mfa/totp/remove', {})).status,
    401,
    'the proof is no more fresh',
  )
})

onBoth('back: tokens from the future are refused, a refresh gives good ones, the session goes on', async (run) => {
  const first = await joined(run, ann)
  assert.equal((await as(run, first.accessToken, 'GET', 'auth/me')).status, 200)
  run.clock.advance(-hours)

  assert.equal((await as(run, first.accessToken, 'GET', 'auth/me')).status, 401)
  const renewed = await ask(run, 'refresh', { refreshToken: first.refreshToken })
  const { accessToken } = renewed.body as Pair
  assert.equal((await as(run, accessToken, 'GET', 'auth/me')).status, 200)
  assert.equal((await as(run, accessToken, 'POST', 'auth/logout')).status, 204)
  assert.equal((await as(run, accessToken, 'GET', 'auth/me')).status, 401)
})

onBoth('back: the ten seconds of a lost answer do not become hours; the old token is a copy', async (run) => {
  const first = await joined(run, ann)
  const second = (await ask(run, 'refresh', { refreshToken: first.refreshToken })).body as Pair
  run.clock.advance(-hours)

  assert.equal((await ask(run, 'refresh', { refreshToken: first.refreshToken })).status, 401)
  assert.equal((await ask(run, 'refresh', { refreshToken: second.refreshToken })).status, 401, 'the session ended')
})

onBoth('back: no proof is fresh for hours', async (run) => {
  const { refreshToken } = await joined(run, ann)
  run.clock.advance(-hours)
  const { accessToken } = (await ask(run, 'refresh', { refreshToken })).body as Pair

  assert.equal((await as(run, accessToken, 'POST', 'auth/email/change', { email: 'ann@new.example' })).status, 401)
  const proved = await as(run, accessToken, 'POST', 'auth/mfa/prove', { password })
  const { accessToken: fresh } = proved.body as Pair
  assert.equal((await as(run, fresh, 'POST', 'auth/email/change', { email: 'ann@new.example' })).status, 202)
})

onBoth('back: nobody is locked out for hours by tries of the time before', async (run) => {
  await joined(run, ann)
  for (let n = 0; n < 10; n++) {
    await ask(run, 'login', { email: ann, password: 'a wrong and long one' })
    run.clock.advance(40_000)
  }
  assert.equal((await ask(run, 'login', { email: ann, password })).status, 429)
  run.clock.advance(-hours)

  await signIn(run, ann)
})

onBoth('back: a code that was taken is not taken again, nor one before it; a recovery code is', async (run) => {
  const { secret, recoveryCodes } = await enrolled(run, ann)
  const tried = async (body: object): Promise<number> =>
    (await ask(run, 'mfa/login', { ...(await pending(run, ann)), ...body })).status
  const before = codeAt(run, secret)
  run.clock.advance(step)
  const taken = codeAt(run, secret)
  assert.equal(await tried({ totp: taken }), 200)
  run.clock.advance(-hours)

  assert.equal(await tried({ totp: taken }), 401)
  assert.equal(await tried({ totp: codeAt(run, secret) }), 401, 'not before the time of the last one has come again')
  assert.equal(await tried({ recovery: recoveryCodes[0] }), 200)
  run.clock.advance(hours)
  assert.equal(await tried({ totp: before }), 401)
  assert.equal(await tried({ totp: taken }), 401)
  run.clock.advance(step)
  assert.equal(await tried({ totp: codeAt(run, secret) }), 200)
})

onBoth('back, and ahead again: a sign-out holds, and letters come', async (run) => {
  const { accessToken } = await joined(run, ann)
  await as(run, accessToken, 'POST', 'auth/logout')
  await ask(run, 'password/forgot', { email: ann })
  run.clock.advance(-hours)
  await ask(run, 'password/forgot', { email: ann })
  assert.equal((await lettersTo(run, ann)).length, 3, 'one of before is not kept until its time comes again')
  run.clock.advance(hours)

  assert.equal((await as(run, accessToken, 'GET', 'auth/me')).status, 401)
  await ask(run, 'password/forgot', { email: ann })
  const token = await codeFor(run, ann)
  assert.equal((await ask(run, 'password/reset', { token, password: 'an entirely different phrase' })).status, 204)
})

onBoth('the secret of an app that nobody confirmed is none after ten minutes', async (run) => {
  const { accessToken, refreshToken } = await joined(run, ann)
  const begun = await as(run, accessToken, 'POST', 'auth/mfa/totp/enrol', {})
  const { secret } = begun.body as { secret: string }
  run.clock.advance(10 * minute + 1)

  const { accessToken: later } = (await ask(run, 'refresh', { refreshToken })).body as Pair
  const proved = await as(run, later, 'POST', 'auth/mfa/prove', { password })
  const { accessToken: fresh } = proved.body as Pair
  const confirmed = await as(run, fresh, 'POST', 'auth/mfa/totp/confirm', { totp: codeAt(run, secret) })
  assert.equal(confirmed.status, 422)
  assert.ok((await signIn(run, ann)).accessToken)
  const again = await as(run, fresh, 'POST', 'auth/mfa/totp/enrol', {})
  const fine = codeAt(run, (again.body as { secret: string }).secret)
  assert.equal((await as(run, fresh, 'POST', 'auth/mfa/totp/confirm', { totp: fine })).status, 200)
})
