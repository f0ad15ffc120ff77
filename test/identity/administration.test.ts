// What administrators do with accounts: nobody else can; the last of them stays; it is felt on the next request.
import assert from 'node:assert/strict'
import { role, signedIn } from 'plinth'
import { as, ask, type Club, joined, lettersTo, onBoth, password, signIn } from './people.ts'
import { enrolled, minute, pending, step } from './factors.ts'

const ann = 'ann@example.com'
const bob = 'bob@example.com'

interface Shown {
  readonly id: string
  readonly email: string
  readonly state: string
  readonly roles: readonly string[]
}

/** Asks as somebody with the role, who has no account. */
const boss = (run: Club) => run.as(role('admin'))

async function accountOf(run: Club, email: string): Promise<Shown> {
  const { body } = await boss(run).request('GET', `/api/v1/auth/accounts?email=${email}`)
  const [found] = (body as { data: Shown[] }).data
  assert.ok(found, `an account of ${email}`)
  return found
}

async function manage(run: Club, email: string, what: string, body: object = {}) {
  const { id } = await accountOf(run, email)
  return boss(run).request('POST', `/api/v1/auth/accounts/${id}/${what}`, { body })
}

onBoth('an administrator lists accounts and reads one; no password or count of failures is shown', async (run) => {
  await joined(run, ann)
  await joined(run, bob)

  const list = await boss(run).request('GET', '/api/v1/auth/accounts')
  const found = (list.body as { data: Shown[] }).data
  const one = await boss(run).request('GET', `/api/v1/auth/accounts/${found[0]?.id}`)

  assert.deepEqual(found.map(({ email, state, roles }) => `${email} ${state} ${roles.join(' ')}`).toSorted(), [
    `${ann} active `,
    `${bob} active `,
  ])
  assert.deepEqual(one.body, found[0])
  assert.deepEqual(Object.keys(Object(one.body)).toSorted(), [
    'createdAt',
    'email',
    'id',
    'roles',
    'state',
    'updatedAt',
    'verifiedAt',
  ])
})

onBoth(
  'nobody but an administrator sees or changes an account, their own either, nor clears a lockout',
  async (run) => {
    const { accessToken } = await joined(run, ann)
    const { id } = await accountOf(run, ann)
    const paths = ['roles', 'deactivate', 'reactivate', 'unlock'].map((what) => ['POST', `/${id}/${what}`] as const)
    const asked = [['GET', ''] as const, ['GET', `/${id}`] as const, ...paths]
    for (let n = 0; n < 12; n++) await ask(run, 'login', { email: ann, password: 'a wrong and long one' })

    const statuses = new Set<number>()
    for (const [method, path] of asked) {
      const body = method === 'POST' ? { body: path.endsWith('roles') ? { roles: ['admin'] } : {} } : {}
      const url = `/api/v1/auth/accounts${path}`
      statuses.add((await as(run, accessToken, method, `auth/accounts${path}`, body.body)).status)
      for (const who of [run.as(role('staff')), run.as(signedIn)])
        statuses.add((await who.request(method, url, body)).status)
      assert.equal((await run.anonymous.request(method, url, body)).status, 401)
    }

    assert.deepEqual([...statuses], [403])
    assert.equal((await accountOf(run, ann)).roles.length, 0)
    assert.equal((await ask(run, 'login', { email: ann, password })).status, 429, 'it is locked as it was')
  },
)

onBoth('roles are felt on the next request of tokens there are, and told to the owner', async (run) => {
  const { accessToken } = await joined(run, ann)
  const people = () => as(run, accessToken, 'GET', 'people')
  await joined(run, bob)
  const seen = async (): Promise<number> => ((await people()).body as { data: unknown[] }).data.length
  assert.equal(await seen(), 1)

  const changed = await manage(run, ann, 'roles', { roles: ['staff', 'editor', 'staff'] })
  assert.deepEqual([changed.status, (changed.body as Shown).roles], [200, ['editor', 'staff']])
  assert.equal(await seen(), 2)
  await manage(run, ann, 'roles', { roles: [] })
  assert.equal(await seen(), 1)

  assert.equal((await lettersTo(run, ann)).filter(({ text }) => /what you may do/.test(text)).length, 2)
  const odd = await manage(run, ann, 'roles', { roles: ['Staff'] })
  assert.equal((odd.body as { errors: { pointer: string }[] }).errors[0]?.pointer, '/roles/0')
})

onBoth(
  'a deactivated account is nobody at once, by any token or letter, until it is back; sessions stay ended',
  async (run) => {
    const { accessToken, refreshToken } = await joined(run, ann)
    const unused = await signIn(run, ann)
    await ask(run, 'password/forgot', { email: ann })
    const [letter] = await lettersTo(run, ann)
    const reset = /#token=(\w+)/.exec(letter?.text ?? '')?.[1]

    assert.equal(((await manage(run, ann, 'deactivate')).body as Shown).state, 'deactivated')
    assert.equal((await as(run, accessToken, 'GET', 'auth/me')).status, 401)
    assert.equal((await ask(run, 'refresh', { refreshToken })).status, 401)
    assert.equal((await ask(run, 'login', { email: ann, password })).status, 401)
    const again = 'an entirely different phrase'
    assert.equal((await ask(run, 'password/reset', { token: reset, password: again })).status, 422)
    await ask(run, 'password/forgot', { email: ann })
    assert.match((await lettersTo(run, ann))[0]?.text ?? '', /was deactivated/, 'no letter after it')

    assert.equal(((await manage(run, ann, 'reactivate')).body as Shown).state, 'active')
    for (const token of [accessToken, unused.accessToken])
      assert.equal((await as(run, token, 'GET', 'auth/me')).status, 401)
    assert.equal((await ask(run, 'refresh', { refreshToken: unused.refreshToken })).status, 401)
    await signIn(run, ann)
    assert.match((await lettersTo(run, ann))[0]?.text ?? '', /activated again/)
  },
)

onBoth('the last administrator is neither demoted nor deactivated, whoever asks', async (run) => {
  await joined(run, ann)
  await manage(run, ann, 'roles', { roles: ['admin'] })
  await joined(run, bob)

  assert.equal((await manage(run, ann, 'roles', { roles: ['staff'] })).status, 409)
  assert.equal((await manage(run, ann, 'deactivate')).status, 409)
  assert.equal((await manage(run, ann, 'roles', { roles: ['admin', 'staff'] })).status, 200)
  await manage(run, bob, 'roles', { roles: ['admin'] })
  await manage(run, bob, 'deactivate')
  assert.equal((await manage(run, ann, 'deactivate')).status, 409, 'one who is deactivated is none')
  await manage(run, bob, 'reactivate')
  assert.equal((await manage(run, ann, 'deactivate')).status, 200)
})

onBoth('of two administrators who demote each other at once, one stays', async (run) => {
  for (const email of [ann, bob]) await joined(run, email)
  for (let round = 0; round < 5; round++) {
    for (const email of [ann, bob]) await manage(run, email, 'roles', { roles: ['admin'] })

    const answers = await Promise.all([ann, bob].map((email) => manage(run, email, 'roles', { roles: [] })))

    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 409]))
  }
})

onBoth(
  'an administrator unlocks what wrong passwords and codes have locked, and the owner hears of it',
  async (run) => {
    const { recoveryCodes } = await enrolled(run, ann)
    for (let n = 0; n < 12; n++) await ask(run, 'login', { email: ann, password: 'a wrong and long one' })
    assert.equal((await ask(run, 'login', { email: ann, password })).status, 429)

    assert.equal((await manage(run, ann, 'unlock')).status, 200)

    const { mfaToken } = await pending(run, ann)
    for (let n = 0; n < 12; n++) await ask(run, 'mfa/login', { mfaToken, totp: '000000' })
    const right = { mfaToken, recovery: recoveryCodes[0] }
    assert.equal((await ask(run, 'mfa/login', right)).status, 429)
    await manage(run, ann, 'unlock')
    assert.equal((await ask(run, 'mfa/login', right)).status, 200)
    assert.equal((await lettersTo(run, ann)).filter(({ text }) => /try to sign in again/.test(text)).length, 2)
  },
)

onBoth('an account past the hard stop is unlocked too', async (run) => {
  await enrolled(run, ann)
  for (let n = 0; n < 100;) {
    const { mfaToken } = await pending(run, ann)
    for (let at = 0; at < 10; at++, n++) {
      await ask(run, 'mfa/login', { mfaToken, totp: '000000' })
      run.clock.advance(step)
    }
    run.clock.advance(15 * minute)
  }
  assert.equal((await ask(run, 'login', { email: ann, password })).status, 401)

  await manage(run, ann, 'unlock')

  assert.equal((await ask(run, 'login', { email: ann, password })).status, 200)
})
