// Who an identity of another service signs in as: by issuer and subject alone, and linked by a proof alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signInWith } from 'plinth'
import type { Answered } from 'plinth/testing'
import { accounts } from '../../src/features/accounts/index.ts'
import { arrive, exchange, link, onBothWithOthers, onSqliteWithOthers, type Scene, walk, withOthers } from './others.ts'
import { as, ask, codeFor, joined, lettersTo, type Pair, password } from './people.ts'
import { codeAt, enrolled, minute } from './factors.ts'
import type { Issuer } from './issuer.ts'

const ann = 'ann@example.com'
const truths = [true, false]

interface Case {
  /** The service answers for the address. */
  readonly provider: boolean
  /** Both have the same address. */
  readonly same: boolean
  /** The client sends an address of its own, and that it is confirmed. */
  readonly claims: boolean
}

interface Owner {
  /** The local address was confirmed. */
  readonly local: boolean
  /** The person proved a moment ago that the account is theirs. */
  readonly proof: boolean
}

const cases: Case[] = truths.flatMap((provider) =>
  truths.flatMap((same) => truths.map((claims) => ({ provider, same, claims }))),
)
const owners: Owner[] = truths.flatMap((local) => truths.map((proof) => ({ local, proof })))

const nameOf = (one: object): string =>
  Object.entries(one)
    .map(([name, is]) => `${is ? '' : 'not '}${name}`)
    .join(', ')

const claimed = { email: 'root@example.com', verified: true, emailVerified: true, email_verified: true }

async function identitiesOf(scene: Scene, token: string): Promise<number> {
  const { body } = await as(scene.run, token, 'GET', 'auth/identities')
  return (body as { data: unknown[] }).data.length
}

onBothWithOthers(
  'of 32 ways to link, that with both addresses confirmed and a proof links, and no other',
  async (scene) => {
    const { run, issuer } = scene
    assert.equal(owners.length * cases.length, 32)
    for (const [which, owner] of owners.entries()) {
      const email = `p${which}@example.com`
      const pair = await joined(run, email)
      if (!owner.local) await unconfirm(scene, pair)
      if (!owner.proof) run.clock.advance(5 * minute + 1)
      let linked = 0
      for (const [at, one] of cases.entries()) {
        const [subject, name] = [`${which}-${at}`, nameOf({ ...owner, ...one })]
        issuer.people.set(subject, {
          email: one.same ? email : `q${subject}@example.com`,
          email_verified: one.provider,
        })
        const isLinked = owner.local && owner.proof && one.provider && !one.claims

        const answer = await link(run, pair.accessToken, await walk(scene, subject), one.claims ? claimed : {})

        assert.equal(answer.status === 200, isLinked, `${name}: ${answer.text}`)
        linked += isLinked ? 1 : 0
        assert.equal(await identitiesOf(scene, pair.accessToken), linked, name)
        const after = (await as(run, pair.accessToken, 'GET', 'auth/me')).body as { email: string; verified: boolean }
        assert.deepEqual([after.email, after.verified], [email, owner.local], name)
      }
    }
  },
)

/** No door leads to a session of an unconfirmed account: the row is bent from inside. */
async function unconfirm({ run }: Scene, { accessToken }: Pair): Promise<void> {
  const headers = { authorization: `Bearer ${accessToken}` }
  assert.equal((await run.anonymous.request('POST', '/bend/unconfirm', { headers })).status, 200)
}

interface Meeting {
  /** The identity signed in here before. */
  readonly known: boolean
  readonly provider: boolean
  /** Somebody has an account with the address. */
  readonly taken: boolean
  /** That account was confirmed. */
  readonly local: boolean
  readonly claims: boolean
}

const meetings: Meeting[] = truths.flatMap((known) =>
  truths.flatMap((provider) =>
    truths.flatMap((taken) =>
      truths.flatMap((local) => truths.map((claims) => ({ known, provider, taken, local, claims }))),
    ),
  ),
)

/** What a sign-in comes to, without a proof of the account that has the address: never that account. */
function outcomeOf({ known, provider, taken, local, claims }: Meeting): 'own' | 403 | 409 | 422 {
  if (claims) return 422
  if (known) return 'own'
  if (!provider) return 403
  return taken && local ? 409 : 'own'
}

/** What a sign-in came to: a status, or whose account it is. */
async function arrival(scene: Scene, one: Meeting, subject: string): Promise<'own' | 'of another' | number> {
  const email = `p${subject}@example.com`
  const before = one.known ? await knownFrom(scene, subject) : undefined
  const holder = one.taken ? await begun(scene, email, one.local) : undefined
  scene.issuer.people.set(subject, { email, email_verified: one.provider })
  const answer = await exchange(scene.run, await walk(scene, subject), one.claims ? claimed : {})
  if (answer.status !== 200) return answer.status
  const { accessToken } = answer.body as Pair
  const me = (await as(scene.run, accessToken, 'GET', 'auth/me')).body as { id: string; email: string }
  const isOwn = one.known ? me.id === before : me.email === email && me.id !== holder
  return isOwn ? 'own' : 'of another'
}

/** The sign-ins that did not come to what they must. */
async function wrongArrivals(scene: Scene, some: readonly Meeting[]): Promise<string[]> {
  const wrong: string[] = []
  for (const [at, one] of some.entries()) {
    const came = await arrival(scene, one, `${at}`)
    if (came !== outcomeOf(one)) wrong.push(`${nameOf(one)}: ${came}`)
  }
  return wrong
}

onBothWithOthers('of 32 ways to arrive, none ends in the account of somebody else', async (scene) => {
  assert.equal(meetings.length, 32)
  assert.deepEqual(await wrongArrivals(scene, meetings), [])
})

void test('an app that believes every address of a service fails the same table', async () => {
  const providers = ({ url }: Issuer) => [signInWith.issuer('acme', url, { isVerified: () => true })]
  await withOthers({ providers }, async (scene) => {
    const unsure = meetings.filter(({ known, provider, claims }) => !known && !provider && !claims)
    assert.equal((await wrongArrivals(scene, unsure)).length, unsure.length)
  })
})

/** Somebody who came by the service before, with another address. */
async function knownFrom(scene: Scene, subject: string): Promise<string> {
  scene.issuer.people.set(subject, { email: `before${subject}@example.com`, email_verified: true })
  const { accessToken } = (await arrive(scene, subject)).body as Pair
  return ((await as(scene.run, accessToken, 'GET', 'auth/me')).body as { id: string }).id
}

/** Somebody who registered here. */
async function begun({ run }: Scene, email: string, local: boolean): Promise<string> {
  return (await run.make(accounts, { email, verifiedAt: local ? run.clock.now() : null })).id
}

onBothWithOthers(
  'whoever registered the address of a victim first has nothing when the victim comes',
  async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', { email: 'ANN@example.com', email_verified: true })
    const attacker = 'a password of the attacker'
    await ask(run, 'register', { email: ann, password: attacker, profile: { name: 'Mallory', nick: 'mallory' } })
    const letter = await codeFor(run, ann)

    const victim = (await arrive(scene, '1', { profile: { name: 'Ann' } })).body as Pair

    const me = (await as(run, victim.accessToken, 'GET', 'auth/me')).body as {
      email: string
      profile: { name: string }
    }
    assert.deepEqual([me.email, me.profile.name], ['ANN@example.com', 'Ann'])
    assert.equal((await ask(run, 'login', { email: ann, password: attacker })).status, 401)
    assert.equal((await ask(run, 'verify', { token: letter })).status, 422, 'the letter of the attacker opens nothing')
    await ask(run, 'password/forgot', { email: ann })
    const reset = { token: await codeFor(run, 'ANN@example.com'), password: 'four words of the victim' }
    assert.equal((await ask(run, 'password/reset', reset)).status, 204)
    assert.equal((await ask(run, 'login', { email: ann, password: attacker })).status, 401)
    assert.equal((await ask(run, 'login', { email: ann, password: reset.password })).status, 200)
    const letters = await lettersTo(run, 'ANN@example.com')
    assert.ok(letters.some(({ text }) => text.includes('begun an account with your address')))
  },
)

onSqliteWithOthers(
  'whoever came by an address that is not confirmed has nothing when its owner comes',
  async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('evil', { email: ann, email_verified: false })
    const before = await arrive(scene, 'evil')
    assert.equal(before.status, 403)

    const owner = await joined(run, ann)
    const after = await arrive(scene, 'evil')
    const seen = ({ status, text, headers }: Answered) => [
      status,
      text.replace(/"requestId":"[^"]*"/, ''),
      [...headers].filter(([name]) => !['x-request-id', 'date'].includes(name)),
    ]
    assert.deepEqual(seen(after), seen(before), 'the same answer, whether somebody has the address or not')
    assert.equal((await link(run, owner.accessToken, await walk(scene, 'evil'))).status, 403)
    assert.equal(await identitiesOf(scene, owner.accessToken), 0)
  },
)

onBothWithOthers('an account with the address is linked by its owner, who then signs in by either', async (scene) => {
  const { run, issuer } = scene
  issuer.people.set('1', { email: ann, email_verified: true })
  const owner = await joined(run, ann)
  const told = await arrive(scene, '1')
  assert.equal(told.status, 409)
  assert.match(told.text, /identities\/link/)
  const linked = await link(run, owner.accessToken, await walk(scene, '1'))
  assert.equal(linked.status, 200, linked.text)
  assert.match((await lettersTo(run, ann))[0]?.text ?? '', /was linked/)

  const by = (await arrive(scene, '1')).body as Pair
  const [one, other] = [owner, by].map(async ({ accessToken }) => (await as(run, accessToken, 'GET', 'auth/me')).body)
  assert.deepEqual(await one, await other)
  const twice = await link(run, owner.accessToken, await walk(scene, '1'))
  assert.equal(twice.status, 409)

  const bob = await joined(run, 'bob@example.com')
  const foreign = await link(run, bob.accessToken, await walk(scene, '1'))
  assert.equal(foreign.status, 409, 'an identity is of one account')
  const { data } = (await as(run, by.accessToken, 'GET', 'auth/identities')).body as { data: { id: string }[] }
  const path = `auth/identities/${data[0]?.id}`
  assert.equal((await as(run, bob.accessToken, 'GET', path)).status, 404)
  assert.equal((await as(run, bob.accessToken, 'POST', `${path}/remove`)).status, 404)
})

onSqliteWithOthers(
  'the second factor is asked for after another service too, and no service proves for another',
  async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', { email: ann, email_verified: true })
    issuer.people.set('2', { email: 'ann@two.example', email_verified: true })
    const { secret, accessToken } = await enrolled(run, ann)
    assert.equal((await link(run, accessToken, await walk(scene, '1'))).status, 200)

    const pending = (await arrive(scene, '1')).body as { mfaToken: string; methods: string[]; accessToken?: string }
    assert.deepEqual([pending.accessToken, pending.methods], [undefined, ['totp', 'recovery']])
    const wrong = await ask(run, 'mfa/login', { mfaToken: pending.mfaToken, totp: '000000' })
    assert.equal(wrong.status, 401)
    const done = await ask(run, 'mfa/login', { mfaToken: pending.mfaToken, totp: codeAt(run, secret), remember: true })
    assert.equal(done.status, 200, done.text)
    const { deviceToken } = done.body as { deviceToken: string }

    const known = await arrive(scene, '1', { deviceToken })
    const { accessToken: fed } = known.body as Pair
    assert.equal(known.status, 200, 'a device that is remembered is asked no more')
    assert.equal((await link(run, fed, await walk(scene, '2'))).status, 401, 'a service alone proves nothing here')
  },
)

onSqliteWithOthers('a service alone does not link another where there is a password', async (scene) => {
  const { run, issuer } = scene
  issuer.people.set('1', { email: ann, email_verified: true })
  issuer.people.set('2', { email: 'ann@two.example', email_verified: true })
  const owner = await joined(run, ann)
  assert.equal((await link(run, owner.accessToken, await walk(scene, '1'))).status, 200)
  const by = (await arrive(scene, '1')).body as Pair
  assert.equal((await link(run, by.accessToken, await walk(scene, '2'))).status, 401)
  const proved = await as(run, by.accessToken, 'POST', 'auth/mfa/prove', { password })
  const { accessToken } = proved.body as Pair
  assert.equal((await link(run, accessToken, await walk(scene, '2'))).status, 200)

  // Who has nothing but a service proves by that.
  issuer.people.set('3', { email: 'eve@example.com', email_verified: true })
  issuer.people.set('4', { email: 'eve@two.example', email_verified: true })
  const eve = (await arrive(scene, '3')).body as Pair
  assert.equal((await link(run, eve.accessToken, await walk(scene, '4'))).status, 200)
})

onBothWithOthers(
  'a service is taken away by a proof, with the sessions it opened; the last way in stays',
  async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', { email: ann, email_verified: true })
    issuer.people.set('2', { email: 'ann@two.example', email_verified: true })
    const here = (await arrive(scene, '1')).body as Pair
    const remove = async (token: string) => {
      const { data } = (await as(run, token, 'GET', 'auth/identities')).body as { data: { id: string }[] }
      return as(run, token, 'POST', `auth/identities/${data[0]?.id}/remove`)
    }
    assert.equal((await remove(here.accessToken)).status, 409)
    assert.equal(await identitiesOf(scene, here.accessToken), 1)

    assert.equal((await link(run, here.accessToken, await walk(scene, '2'))).status, 200)
    const there = (await arrive(scene, '2')).body as Pair
    run.clock.advance(5 * minute + 1)
    assert.equal((await remove(here.accessToken)).status, 401, 'the proof is old')
    const fresh = (await arrive(scene, '2')).body as Pair
    const removed = await remove(fresh.accessToken)
    assert.equal(removed.status, 200, removed.text)
    assert.equal((await as(run, there.accessToken, 'GET', 'auth/me')).status, 401)
    assert.equal((await as(run, fresh.accessToken, 'GET', 'auth/me')).status, 200)
    assert.match((await lettersTo(run, ann))[0]?.text ?? '', /taken away/)
    const audit = (await run.anonymous.request('GET', '/bend/audit')).body as Record<string, string | null>[]
    const told = audit.map(({ operation, change }) => `${operation}: ${change}`)
    for (const line of ['exchange: created', 'link: created', 'exchange: changed', 'remove: deleted'])
      assert.ok(
        told.some((one) => one.endsWith(line)),
        `${line} among ${told.join(', ')}`,
      )
    assert.ok(!JSON.stringify(audit).includes(issuer.url), 'who they are there stays out of it')
    assert.equal((await remove(fresh.accessToken)).status, 409)
  },
)

void test('a deactivated account is not signed in to by another service', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    issuer.people.set('1', { email: ann, email_verified: true })
    const { accessToken } = (await arrive(scene, '1')).body as Pair
    const { id } = (await as(run, accessToken, 'GET', 'auth/me')).body as { id: string }
    const admin = run.as('admin')
    assert.equal((await admin.request('POST', `/api/v1/auth/accounts/${id}/deactivate`)).status, 200)
    assert.equal((await arrive(scene, '1')).status, 401)
  })
})

void test('GitHub tells who it is by its API: the number, and the address that is first and confirmed', async () => {
  await withOthers({}, async (scene) => {
    const { run, issuer } = scene
    const come = async (subject: string) => exchange(run, await walk(scene, subject, { provider: 'github' }))
    issuer.people.set('7', { email: ann, email_verified: false })
    assert.equal((await come('7')).status, 403)
    issuer.people.set('7', { email: ann, email_verified: true })
    const first = await come('7')
    assert.equal(first.status, 200, first.text)
    assert.equal((await arrive(scene, '7')).status, 409, 'the same number of another issuer is somebody else')
    issuer.people.set('7', { email: 'ann@renamed.example', email_verified: true })
    assert.equal((await come('7')).status, 200)
  })
})
