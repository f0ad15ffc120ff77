// Another address for an account: both must agree, once and in time; nobody learns whose address the new one is.
import assert from 'node:assert/strict'
import { as, ask, type Club, codeFor, joined, lettersTo, onBoth, password, signIn } from './people.ts'
import { codeAt, enrolled, minute, step } from './factors.ts'

const ann = 'ann@example.com'
const fresh = 'ann@new.example'
const change = (run: Club, token: string, body: object) => as(run, token, 'POST', 'auth/email/change', body)
const confirm = (run: Club, token: string) => ask(run, 'email/confirm', { token })

/** Begins a move; answers the codes of both letters. */
async function moving(run: Club, token: string, email = fresh): Promise<{ from: string; to: string }> {
  assert.equal((await change(run, token, { email })).status, 202)
  return { from: await codeFor(run, ann), to: await codeFor(run, email) }
}

async function addressOf(run: Club, token: string): Promise<unknown> {
  return ((await as(run, token, 'GET', 'auth/me')).body as { email?: unknown }).email
}

for (const order of ['old first', 'new first'] as const)
  onBoth(`an account moves when both addresses agreed, the ${order}`, async (run) => {
    const here = await joined(run, ann)
    const there = await signIn(run, ann)
    const { from, to } = await moving(run, here.accessToken)
    await ask(run, 'password/forgot', { email: ann })
    const reset = await codeFor(run, ann)
    const [first, second] = order === 'old first' ? [from, to] : [to, from]

    assert.deepEqual((await confirm(run, first)).body, { changed: false })
    assert.equal((await confirm(run, first)).status, 422, 'a code works once')
    assert.equal(await addressOf(run, here.accessToken), ann, 'one address alone moves nothing')
    assert.deepEqual((await confirm(run, second)).body, { changed: true })

    assert.equal(await addressOf(run, here.accessToken), fresh)
    assert.equal((await as(run, there.accessToken, 'GET', 'auth/me')).status, 401, 'other sessions end')
    assert.equal((await ask(run, 'login', { email: ann, password })).status, 401)
    await signIn(run, fresh)
    for (const code of [from, to]) assert.equal((await confirm(run, code)).status, 422)
    const late = await ask(run, 'password/reset', { token: reset, password: 'an entirely different phrase' })
    assert.equal(late.status, 422, 'what the old address got before opens nothing')
    for (const address of [ann, fresh])
      assert.match((await lettersTo(run, address))[0]?.text ?? '', /address was changed/)
  })

onBoth('the old address stops a move, which ends every session; then no code of it works', async (run) => {
  const { accessToken } = await joined(run, ann)
  const { from, to } = await moving(run, accessToken)

  assert.equal((await ask(run, 'email/stop', { token: to })).status, 422, 'the new one has nothing to stop')
  assert.equal((await ask(run, 'email/stop', { token: from })).status, 204)

  for (const code of [from, to]) assert.equal((await confirm(run, code)).status, 422)
  assert.equal((await as(run, accessToken, 'GET', 'auth/me')).status, 401)
  assert.match((await lettersTo(run, ann))[0]?.text ?? '', /was stopped/)
  await signIn(run, ann)
})

onBoth('a move takes a proof of the last five minutes, or the password where there is no factor', async (run) => {
  const { accessToken } = await joined(run, ann)
  run.clock.advance(5 * minute + 1)

  assert.equal((await change(run, accessToken, { email: fresh })).status, 401)
  const wrong = await change(run, accessToken, { email: fresh, password: 'a wrong and long one' })
  assert.equal(wrong.status, 401)
  assert.equal((await change(run, accessToken, { email: fresh, password })).status, 202)
  assert.equal((await change(run, accessToken, { email: ann.toUpperCase(), password })).status, 422)

  const { secret, ...factor } = await enrolled(run, 'bob@example.com')
  run.clock.advance(5 * minute + 1)
  const byPassword = await change(run, factor.accessToken, { email: 'bob@new.example', password })
  assert.equal(byPassword.status, 422, 'the password alone is not enough')
  const proved = await as(run, factor.accessToken, 'POST', 'auth/mfa/prove', { totp: codeAt(run, secret) })
  const { accessToken: fine } = proved.body as { accessToken: string }
  assert.equal((await change(run, fine, { email: 'bob@new.example' })).status, 202)
  run.clock.advance(step)
})

onBoth('of many wrong passwords for a move no more are judged than the limit lets', async (run) => {
  const { accessToken } = await joined(run, ann)
  const tries = Array.from({ length: 30 }, () => change(run, accessToken, { email: fresh, password: 'wrong and long' }))
  const statuses = (await Promise.all(tries)).map(({ status }) => status)

  assert.ok(statuses.filter((status) => status === 401).length <= 10)
  assert.equal(statuses.filter((status) => status === 401 || status === 429).length, 30)
})

onBoth(
  'an address that is taken gives the same answers and letters, but for who has it; nothing changes',
  async (run) => {
    const taken = 'bob@example.com'
    await joined(run, taken)
    const { accessToken } = await joined(run, ann)

    const answers = [await change(run, accessToken, { email: taken }), await change(run, accessToken, { email: fresh })]
    const seen = answers.map(({ status, body, headers }) => [
      status,
      body,
      [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date'),
    ])
    assert.deepEqual(seen[0], seen[1])
    const [second, first] = await lettersTo(run, ann)
    assert.equal(first?.text.replaceAll(/plo_\w+/g, ''), second?.text.replaceAll(/plo_\w+/g, ''))

    await change(run, accessToken, { email: taken })
    const told = (await lettersTo(run, taken))[0]
    assert.doesNotMatch(told?.text ?? '', /token=/)
    assert.match(told?.subject ?? '', /already/)
    assert.deepEqual((await confirm(run, await codeFor(run, ann))).body, { changed: false })
    assert.equal(await addressOf(run, accessToken), ann)
  },
)

onBoth('who comes to have the address first keeps it; who never confirmed it does not hold it', async (run) => {
  const { accessToken } = await joined(run, ann)
  const { from, to } = await moving(run, accessToken)
  await joined(run, fresh)
  await confirm(run, from)
  assert.equal((await confirm(run, to)).status, 422)
  assert.equal(await addressOf(run, accessToken), ann)

  const held = 'ann@held.example'
  await ask(run, 'register', { email: held, password: 'somebody else was here' })
  const squatted = await codeFor(run, held)
  const again = await moving(run, accessToken, held)
  await confirm(run, again.from)
  assert.deepEqual((await confirm(run, again.to)).body, { changed: true })
  assert.equal(await addressOf(run, accessToken), held)
  assert.equal((await ask(run, 'verify', { token: squatted })).status, 422)
})

onBoth('codes end after half an hour, with another move, and with another password', async (run) => {
  const { accessToken } = await joined(run, ann)
  const late = await moving(run, accessToken)
  run.clock.advance(30 * minute)
  assert.equal((await confirm(run, late.from)).status, 422)

  const pair = await signIn(run, ann)
  const first = await moving(run, pair.accessToken)
  const second = await moving(run, pair.accessToken)
  assert.equal((await confirm(run, first.to)).status, 422)
  assert.equal((await confirm(run, second.to)).status, 200)
  const renewed = { current: password, password: 'an entirely different phrase' }
  assert.equal((await as(run, pair.accessToken, 'POST', 'auth/password/change', renewed)).status, 204)
  assert.equal((await confirm(run, second.from)).status, 422)
  assert.equal(await addressOf(run, pair.accessToken), ann)
})

onBoth('of both addresses that agree at once, many times, one change comes', async (run) => {
  const { accessToken } = await joined(run, ann)
  const { from, to } = await moving(run, accessToken)

  const answers = await Promise.all([from, to, from, to, from, to].map((code) => confirm(run, code)))

  const bodies = answers.filter(({ status }) => status === 200).map(({ body }) => JSON.stringify(body))
  assert.deepEqual(bodies.toSorted(), ['{"changed":false}', '{"changed":true}'])
  assert.equal(answers.filter(({ status }) => status === 422).length, 4)
})

onBoth('letters about a move are five an hour', async (run) => {
  const { accessToken } = await joined(run, ann)
  const statuses = []
  for (let n = 0; n < 6; n++) statuses.push((await change(run, accessToken, { email: `ann@new${n}.example` })).status)

  assert.deepEqual(statuses, [202, 202, 202, 202, 202, 429])
})
