// Passkeys from the outside: alone or beside the password, each signature once, each fault refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flagBits } from '../../src/features/auth/passkey/test_authenticator.ts'
import { as, ask, codeFor, joined, openClub, password, signIn } from './people.ts'
import { authenticator, type Enrolled, minute, optionsOf, pending, withPasskey } from './factors.ts'

const ann = 'ann@example.com'

test('a passkey signs in alone, and is listed, renamed and taken away by its owner only', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, ann)
  const device = authenticator()
  const made = await withPasskey(run, accessToken, device)
  const { id, recoveryCodes } = made.body as { id: string; recoveryCodes: string[] }
  assert.deepEqual([made.status, recoveryCodes.length], [200, 10])

  const alone = await ask(run, 'passkeys/login', {
    passkey: device.get(await optionsOf(run, 'passkeys/login/options', {})),
  })
  assert.equal(alone.status, 200, JSON.stringify(alone.body))
  const { accessToken: byPasskey } = alone.body as Enrolled
  const list = await as(run, byPasskey, 'GET', 'auth/passkeys')
  const [shown] = (list.body as { data: object[] }).data
  assert.deepEqual(Object.keys(shown ?? {}).toSorted(), [
    'account',
    'backedUp',
    'createdAt',
    'id',
    'name',
    'synced',
    'transports',
    'updatedAt',
    'usedAt',
  ])
  const bob = await joined(run, 'bob@example.com')
  assert.deepEqual((await as(run, bob.accessToken, 'GET', 'auth/passkeys')).body, { data: [], next: null })
  assert.equal((await as(run, bob.accessToken, 'PATCH', `auth/passkeys/${id}`, { name: 'Mine' })).status, 404)
  assert.equal((await as(run, bob.accessToken, 'POST', `auth/passkeys/${id}/remove`)).status, 404)
  assert.equal((await as(run, byPasskey, 'PATCH', `auth/passkeys/${id}`, { name: 'Old phone' })).status, 200)
  assert.equal((await as(run, byPasskey, 'PATCH', `auth/passkeys/${id}`, { counter: 0 })).status, 422)
  assert.equal((await as(run, byPasskey, 'DELETE', `auth/passkeys/${id}`)).status, 405, 'no way around the proof')
  assert.equal((await as(run, byPasskey, 'POST', `auth/passkeys/${id}/remove`)).status, 200)
  const gone = await ask(run, 'passkeys/login', {
    passkey: device.get(await optionsOf(run, 'passkeys/login/options', {})),
  })
  assert.equal(gone.status, 401)
  assert.ok((await signIn(run, ann)).accessToken)
})

for (const synced of [false, true])
  test(`of 50 sign-ins at once by one signature, one succeeds (${synced ? 'copied' : 'on one device'})`, async () => {
    await using run = await openClub()
    const { accessToken } = await joined(run, ann)
    const device = authenticator(synced)
    await withPasskey(run, accessToken, device)
    const passkey = device.get(await optionsOf(run, 'passkeys/login/options', {}))

    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(run, 'passkeys/login', { passkey })))

    assert.equal(answers.filter(({ status }) => status === 200).length, 1)
    assert.equal(answers.filter(({ status }) => status === 401).length, 49)
  })

test('two signatures with one counter: one is taken, for a counter that stands still is a copy', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, ann)
  const device = authenticator()
  await withPasskey(run, accessToken, device)
  const both = [await optionsOf(run, 'passkeys/login/options', {}), await optionsOf(run, 'passkeys/login/options', {})]
  const signed = both.map((options) => device.get(options, { counter: 7 }))

  const answers = await Promise.all(signed.map((passkey) => ask(run, 'passkeys/login', { passkey })))

  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 401]))
})

test('a passkey is the second factor of the password, of its own account only', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, ann)
  const device = authenticator()
  await withPasskey(run, accessToken, device)
  const bob = await joined(run, 'bob@example.com')
  const other = authenticator()
  await withPasskey(run, bob.accessToken, other)
  const { mfaToken } = await pending(run, ann)
  const login = async (from: typeof device, options: Readonly<Record<string, unknown>>) =>
    (await ask(run, 'mfa/login', { mfaToken, passkey: from.get(options) })).status

  assert.equal(await login(other, await optionsOf(run, 'mfa/options', { mfaToken })), 401)
  assert.equal(await login(device, await optionsOf(run, 'passkeys/login/options', {})), 401, 'a challenge for another')
  const options = await optionsOf(run, 'mfa/options', { mfaToken })
  assert.deepEqual(
    (options['allowCredentials'] as { id: string }[]).map(({ id }) => id),
    [device.id],
  )
  assert.equal(await login(device, options), 200)
  assert.equal((await ask(run, 'mfa/options', { mfaToken })).status, 401)
})

test('a signature that proves nobody, is late, or was made elsewhere signs in nobody', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, ann)
  const device = authenticator()
  await withPasskey(run, accessToken, device)
  const options = () => optionsOf(run, 'passkeys/login/options', {})
  const late = device.get(await options())

  for (const passkey of [
    device.get(await options(), { flags: (flags) => flags & ~flagBits.verified }),
    device.get(await options(), { client: (data) => ({ ...data, origin: 'https://evil.example' }) }),
    device.get(await options(), { client: (data) => ({ ...data, challenge: 'a\u0000b' }) }),
    device.get(await options(), { userHandle: null }),
    {},
    [],
    'text',
    7,
  ])
    assert.equal((await ask(run, 'passkeys/login', { passkey })).status, 401, JSON.stringify(passkey))
  run.clock.advance(5 * minute)
  assert.equal((await ask(run, 'passkeys/login', { passkey: late })).status, 401)
  assert.equal((await ask(run, 'passkeys/login', { passkey: null })).status, 422)
})

test('a passkey belongs to one account, its challenge to who asked, and it needs a fresh proof', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, ann)
  const device = authenticator()
  await withPasskey(run, accessToken, device)
  const bob = await joined(run, 'bob@example.com')

  assert.equal((await withPasskey(run, bob.accessToken, device)).status, 409)
  const asked = await as(run, accessToken, 'POST', 'auth/passkeys/register/options', {})
  const { publicKey } = asked.body as { publicKey: Readonly<Record<string, unknown>> }
  const passkey = authenticator().create(publicKey)
  assert.equal((await as(run, bob.accessToken, 'POST', 'auth/passkeys/register', { passkey })).status, 422)
  run.clock.advance(5 * minute + 1)
  assert.equal((await as(run, accessToken, 'POST', 'auth/passkeys/register/options', {})).status, 401)
  const proof = await as(run, accessToken, 'POST', 'auth/mfa/options', {})
  // The device made one for bob meanwhile; asked for those of ann it need not say whose it is.
  const signed = device.get((proof.body as { publicKey: Readonly<Record<string, unknown>> }).publicKey, {
    userHandle: null,
  })
  const fresh = await as(run, accessToken, 'POST', 'auth/mfa/prove', { passkey: signed })
  assert.equal((await withPasskey(run, (fresh.body as Enrolled).accessToken, authenticator())).status, 200)
})

test('a new password takes no passkey away', async () => {
  await using run = await openClub()
  const { accessToken } = await joined(run, ann)
  const device = authenticator()
  await withPasskey(run, accessToken, device)
  await ask(run, 'password/forgot', { email: ann })
  const token = await codeFor(run, ann)
  assert.equal((await ask(run, 'password/reset', { token, password: `${password} again` })).status, 204)

  const { mfaToken } = await pending(run, ann, `${password} again`)

  const passkey = device.get(await optionsOf(run, 'mfa/options', { mfaToken }))
  assert.equal((await ask(run, 'mfa/login', { mfaToken, passkey })).status, 200)
})
