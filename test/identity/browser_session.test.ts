// Sessions of browsers: a cookie no script reads, new at each proof, asked for by pages of ours alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { as, ask, type Club, joined, onBoth, openClub, password } from './people.ts'
import { minute } from './factors.ts'
import { mutations, naive, odd } from './content_types.ts'

const ann = 'ann@example.com'
const own = { 'sec-fetch-site': 'same-origin' }

type Headers = Readonly<Record<string, string>>

/** Signs in as a page of the app does. */
async function entered(run: Club, headers: Headers = own) {
  const answer = await ask(run, 'login', { email: ann, password, session: 'cookie' }, headers)
  return { ...answer, cookie: cookieOf(answer) }
}

/** The cookie as a browser sends it back. */
const cookieOf = ({ headers }: { readonly headers: globalThis.Headers }): string =>
  (headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''

const by = (run: Club, cookie: string, method: string, path: string, more: Headers = own, body?: unknown) =>
  run.anonymous.request(method, `/api/v1/${path}`, {
    headers: { cookie, ...more },
    ...(body !== undefined && { body }),
  })

onBoth(
  'a browser signs in for a cookie, and gets no token; it ends unused, by its age, and by signing out',
  async (run) => {
    await joined(run, ann)
    const first = await entered(run)
    assert.equal(first.status, 200, JSON.stringify(first.body))
    assert.deepEqual(first.body, { endsAt: '2026-01-01T12:00:00.000Z', idleSeconds: 1_800, secure: false })
    const said = first.headers.get('set-cookie') ?? ''
    assert.match(said, /^plinth_session=pls_\w{49}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/)
    const seen = (cookie: string) => by(run, cookie, 'GET', 'auth/me').then(({ status }) => status)

    assert.equal(await seen(first.cookie), 200)
    run.clock.advance(31 * minute)
    assert.equal(await seen(first.cookie), 401, 'half an hour without a request')

    const second = await entered(run)
    for (let n = 0; n < 24; n++) {
      run.clock.advance(29 * minute)
      assert.equal(await seen(second.cookie), 200, `used until ${n}`)
      await marked(run, second.cookie)
    }
    run.clock.advance(25 * minute)
    assert.equal(await seen(second.cookie), 401, 'twelve hours')

    const third = await entered(run)
    const out = await by(run, third.cookie, 'POST', 'auth/logout', own, {})
    assert.equal(out.status, 204)
    assert.match(out.headers.get('set-cookie') ?? '', /^plinth_session=; Path=\/; Max-Age=0; /)
    assert.equal(await seen(third.cookie), 401)
  },
)

onBoth(
  'the cookie is another one after signing in, after a proof, and after signing out; the old is dead',
  async (run) => {
    await joined(run, ann)
    const before = await entered(run)
    const again = await ask(
      run,
      'login',
      { email: ann, password, session: 'cookie' },
      { ...own, cookie: before.cookie },
    )
    const after = cookieOf(again)
    const proved = await by(run, after, 'POST', 'auth/mfa/prove', own, { password })
    const last = cookieOf(proved)

    assert.equal(new Set([before.cookie, after, last]).size, 3)
    const seen = await Promise.all([before.cookie, after, last].map((one) => by(run, one, 'GET', 'auth/me')))
    assert.deepEqual(
      seen.map(({ status }) => status),
      [401, 401, 200],
    )
    const planted = `plinth_session=pls_${'A'.repeat(49)}`
    assert.equal(
      (await ask(run, 'login', { email: ann, password }, { cookie: planted })).status,
      200,
      'a dead one is none',
    )
    assert.equal((await by(run, `${last}; ${after}`, 'GET', 'auth/me')).status, 401, 'of two it is not known which')
  },
)

test('thirty requests that another site may make are refused, each beside one of ours that is not', async () => {
  await using run = await openClub()
  await joined(run, ann)
  const { cookie } = await entered(run)
  const write = (headers: Headers) => by(run, cookie, 'POST', 'notes', headers, { text: 'x' })
  const sites = ['cross-site', 'same-site', 'none', '', 'SAME-ORIGIN', 'same-origin, cross-site']
  const origins = [
    'null',
    'https://evil.example',
    'http://evil.example',
    'https://localhost',
    'http://localhost:3001',
    'http://localhost.evil.example',
    'http://evil.localhost',
    'http://localhost@evil.example',
    'http://localhost/',
    'http://LOCALHOST',
    'http://127.0.0.1',
    'localhost',
    '*',
    '',
  ]
  const asked: Headers[] = [
    ...sites.map((site) => ({ 'sec-fetch-site': site })),
    ...sites.slice(0, 5).map((site) => ({ 'sec-fetch-site': site, origin: 'http://localhost' })),
    ...origins.map((origin) => ({ origin })),
    ...['cross-site', 'same-site', 'none'].map((site) => ({ 'sec-fetch-site': site, origin: 'https://evil.example' })),
    { 'sec-fetch-site': 'same-origin', origin: 'null' },
    {},
  ]

  for (const headers of asked) {
    const refused = await write(headers)
    assert.equal(refused.status, 403, JSON.stringify(headers))
    assert.equal(refused.headers.get('access-control-allow-origin'), null)
    assert.equal((await write(own)).status, 201)
  }

  assert.ok(asked.length >= 30)
  assert.equal((await write({ origin: 'http://localhost' })).status, 201, 'a browser without Sec-Fetch-Site')
  const { body } = await by(run, cookie, 'GET', 'notes?limit=100', { 'sec-fetch-site': 'cross-site' })
  assert.equal((body as { data: object[] }).data.length, asked.length + 1, 'a link may look, and nothing else was done')
})

test('a cookie is given to pages of ours alone, and a POST by one says that it is JSON', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, ann)
  const foreign = await entered(run, { 'sec-fetch-site': 'cross-site' })
  const silent = await entered(run, {})
  const { cookie } = await entered(run)

  assert.deepEqual([foreign.status, silent.status], [403, 403])
  assert.equal(foreign.headers.get('set-cookie'), null)
  assert.equal((await by(run, cookie, 'POST', 'auth/logout')).status, 403, 'as a form without fields would be')
  assert.equal((await as(run, accessToken, 'POST', 'auth/logout')).status, 204, 'a token comes with no stranger')
  assert.equal((await by(run, cookie, 'GET', 'auth/me')).status, 200)
})

test('forty content types: the body is judged by the one reading there is, or refused with 415', async () => {
  await using run = await openClub()
  await joined(run, ann)
  const { cookie } = await entered(run)
  const send = (type: string) => by(run, cookie, 'POST', 'notes', { ...own, 'Content-Type': type }, '{"text":7}')

  const answers = await Promise.all(mutations.map(async (type) => ({ type, status: (await send(type)).status })))

  assert.ok(mutations.length >= 40)
  assert.deepEqual(odd(answers), [])
  const judged = answers.filter(({ status }) => status === 422).length
  assert.ok(judged >= 5 && judged < answers.length, `${judged} were judged`)
  const valid = await by(run, cookie, 'POST', 'notes', { ...own, 'Content-Type': 'application/json' }, '{"text":"x"}')
  assert.equal(valid.status, 201)
  assert.ok(odd(mutations.map((type) => ({ type, status: naive(type) }))).length > 0, 'the control is seen')
})

/** Until the use was written down, which no request waits for. */
async function marked(run: Club, cookie: string): Promise<void> {
  const now = new Date(run.clock.ms()).toISOString()
  for (let n = 0; n < 300; n++) {
    const { body } = await by(run, cookie, 'GET', `auth/sessions?limit=100`)
    if ((body as { data: { usedAt: string }[] }).data.some(({ usedAt }) => usedAt === now)) return
    await new Promise((done) => setTimeout(done, 10))
  }
}
