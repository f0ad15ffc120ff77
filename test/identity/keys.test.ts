// API keys from the outside: what they may do, how they are made, replaced and revoked.
import assert from 'node:assert/strict'
import { as, type Club, joined, lettersTo, onBoth, signIn } from './people.ts'
import { keyOf, statusOf } from './keys.ts'
import { minute } from './factors.ts'
import { crc32 } from 'node:zlib'

const ann = 'ann@example.com'

onBoth('a key calls as its owner, within its scopes and no further; its owner hears of it', async (run) => {
  const { accessToken } = await joined(run, ann)
  const reads = await keyOf(run, accessToken, 'notes:read')
  const writes = await keyOf(run, accessToken, 'notes:write notes:read notes:write')
  const all = await keyOf(run, accessToken, 'read write')
  const sees = await keyOf(run, accessToken, 'read')

  assert.match(reads.key, /^plk_\w{49}$/)
  assert.deepEqual(writes.scopes, ['notes:read', 'notes:write'])
  const write = (token: string) => statusOf(run, token, 'POST', 'notes', { text: 'by a program' })
  const list = (token: string, of: string) => statusOf(run, token, 'GET', of)
  assert.deepEqual(
    await Promise.all([write(reads.key), write(writes.key), write(all.key), write(sees.key)]),
    [403, 201, 201, 403],
  )
  assert.deepEqual(
    await Promise.all([reads, writes, all, sees].map(({ key }) => list(key, 'notes'))),
    [200, 200, 200, 200],
  )
  assert.deepEqual(
    await Promise.all([reads, writes, all, sees].map(({ key }) => list(key, 'people'))),
    [403, 403, 200, 200],
  )
  const me = await as(run, reads.key, 'GET', 'auth/me')
  assert.equal((me.body as { email: string }).email, ann)
  const refused = await as(run, reads.key, 'POST', 'notes', { text: 'x' })
  assert.equal(refused.headers.get('www-authenticate'), 'Bearer error="insufficient_scope", scope="notes:write"')
  assert.equal((await lettersTo(run, ann)).filter(({ text }) => /An API key was made/.test(text)).length, 4)
})

onBoth('what a key may not see is not shown inside what it may, nor done in a batch', async (run) => {
  const { accessToken } = await joined(run, ann)
  const narrow = await keyOf(run, accessToken, 'notes:read')
  const wide = await keyOf(run, accessToken, 'notes:read people:read')
  await as(run, accessToken, 'POST', 'notes', { text: 'mine' })

  const shown = async (token: string): Promise<string[]> => {
    const { body } = await as(run, token, 'GET', 'notes?expand=writer')
    const [note] = (body as { data: { writer: object }[] }).data
    return Object.keys(note?.writer ?? {})
  }
  const batch = { operations: [{ method: 'POST', path: '/api/v1/notes', body: { text: 'x' } }] }

  assert.deepEqual(await shown(narrow.key), ['id'])
  assert.ok((await shown(wide.key)).includes('name'))
  assert.equal(await statusOf(run, narrow.key, 'POST', 'batch', batch), 403)
  assert.equal(await statusOf(run, accessToken, 'POST', 'batch', batch), 200)
})

onBoth('a key makes no key, changes no password or factor, and manages nobody, whoever owns it', async (run) => {
  const { accessToken } = await joined(run, ann)
  const boss = await madeAdmin(run)
  const { key } = await keyOf(run, boss, 'read write')
  const own = await keyOf(run, accessToken, 'read write')
  const asked: [string, string, object?][] = [
    ['POST', 'auth/keys', { name: 'n', scopes: ['read', 'write'] }],
    ['POST', `auth/keys/${own.id}/rotate`, {}],
    ['DELETE', `auth/keys/${own.id}`],
    ['GET', 'auth/keys'],
    ['POST', 'auth/password/change', { password: 'x', newPassword: 'an entirely different phrase' }],
    ['POST', 'auth/mfa/totp/enrol', {}],
    ['POST', 'auth/passkeys/register/options', {}],
    ['POST', 'auth/email/change', { email: 'eve@example.com' }],
    ['GET', 'auth/sessions'],
    ['GET', 'auth/accounts'],
    ['POST', 'auth/service-accounts', { name: 'n', roles: ['admin'] }],
    ['POST', 'auth/invitations', { email: 'eve@example.com', roles: ['admin'] }],
  ]

  for (const token of [key, own.key])
    for (const [method, path, body] of asked)
      assert.equal(await statusOf(run, token, method, path, body), 403, `${method} ${path}`)

  assert.equal(await statusOf(run, boss, 'GET', 'auth/accounts'), 200, 'the control: their session may')
})

onBoth('a key takes a fresh proof, scopes of the app, and an end that is to come', async (run) => {
  const { accessToken } = await joined(run, ann)
  const wanted = { name: 'a program', scopes: ['notes:read'] }
  const odd = [
    { ...wanted, scopes: ['notes:burn'] },
    { ...wanted, scopes: ['auth/accounts:read'] },
    { ...wanted, scopes: [] },
    { ...wanted, endsAt: '2025-12-31T00:00:00.000Z' },
    { ...wanted, serviceAccount: '01890000-0000-7000-8000-000000000000' },
  ]
  for (const body of odd)
    assert.equal(await statusOf(run, accessToken, 'POST', 'auth/keys', body), 422, JSON.stringify(body))
  await keyOf(run, accessToken, 'notes:read')

  run.clock.advance(6 * minute)
  const late = await as(run, accessToken, 'POST', 'auth/keys', wanted)

  assert.equal(late.status, 401)
  assert.match(late.headers.get('www-authenticate') ?? '', /insufficient_user_authentication/)
})

onBoth('a key that was revoked, has ended, or whose owner has, is nobody on the next request', async (run) => {
  const { accessToken } = await joined(run, ann)
  const revoked = await keyOf(run, accessToken, 'read write')
  const until = new Date(run.clock.ms() + 2 * minute).toISOString()
  const ending = await keyOf(run, accessToken, 'read write', { endsAt: until })
  const owned = await keyOf(run, accessToken, 'read write')
  const seen = (token: string) => statusOf(run, token, 'GET', 'notes')
  for (const { key } of [revoked, ending, owned]) assert.equal(await seen(key), 200)

  assert.equal(await statusOf(run, accessToken, 'DELETE', `auth/keys/${revoked.id}`), 204)
  assert.deepEqual(await Promise.all([revoked, ending, owned].map(({ key }) => seen(key))), [401, 200, 200])
  run.clock.advance(2 * minute)
  assert.deepEqual(await Promise.all([ending, owned].map(({ key }) => seen(key))), [401, 200])
  const boss = await madeAdmin(run)
  const { id } = (await as(run, accessToken, 'GET', 'auth/me')).body as { id: string }
  await as(run, boss, 'POST', `auth/accounts/${id}/deactivate`, {})
  assert.equal(await seen(owned.key), 401)
  await as(run, boss, 'POST', `auth/accounts/${id}/reactivate`, {})
  assert.equal(await seen(owned.key), 200)
})

onBoth('a key that is replaced lives on for as long as was said; it is replaced once', async (run) => {
  const { accessToken } = await joined(run, ann)
  const old = await keyOf(run, accessToken, 'notes:read')
  const path = `auth/keys/${old.id}/rotate`

  const both = await Promise.all([1, 2].map(() => as(run, accessToken, 'POST', path, { overlapSeconds: 60 })))
  const done = both.find(({ status }) => status === 200)?.body as { key: string; scopes: unknown; endsAt: unknown }

  assert.deepEqual(new Set(both.map(({ status }) => status)), new Set([200, 409]))
  assert.deepEqual([done.scopes, done.endsAt], [['notes:read'], null])
  const seen = () => Promise.all([old.key, done.key].map((key) => statusOf(run, key, 'GET', 'notes')))
  assert.deepEqual(await seen(), [200, 200])
  run.clock.advance(minute)
  assert.deepEqual(await seen(), [401, 200])
})

onBoth('a key is seen and revoked by its owner and by administrators, and shown again to nobody', async (run) => {
  const { accessToken } = await joined(run, ann)
  const bob = (await joined(run, 'bob@example.com')).accessToken
  const made = await keyOf(run, accessToken, 'notes:read')
  const boss = await madeAdmin(run)
  const list = async (token: string) => {
    const { body, text } = await as(run, token, 'GET', 'auth/keys')
    assert.ok(!text.includes(made.key) && !text.includes('hash'))
    return (body as { data: { id: string }[] }).data.map(({ id }) => id)
  }

  assert.deepEqual(await list(accessToken), [made.id])
  assert.deepEqual(await list(bob), [])
  assert.deepEqual(await list(boss), [made.id])
  assert.equal(await statusOf(run, bob, 'POST', `auth/keys/${made.id}/rotate`, {}), 404)
  assert.equal(await statusOf(run, bob, 'DELETE', `auth/keys/${made.id}`), 404)
  assert.equal(await statusOf(run, boss, 'POST', `auth/keys/${made.id}/rotate`, {}), 403, 'it would be in their hands')
  assert.equal(await statusOf(run, boss, 'DELETE', `auth/keys/${made.id}`), 204)
  assert.equal(await statusOf(run, made.key, 'GET', 'notes'), 401)
})

onBoth('a service account calls by its keys alone, with the roles it has now; they go with it', async (run) => {
  const { accessToken } = await joined(run, ann)
  const boss = await madeAdmin(run)
  const service = { name: 'nightly export', roles: ['staff'] }
  assert.equal(await statusOf(run, accessToken, 'POST', 'auth/service-accounts', service), 403)
  const { id } = (await as(run, boss, 'POST', 'auth/service-accounts', service)).body as { id: string }
  const wanted = { name: 'x', scopes: ['read', 'write'], serviceAccount: id }
  assert.equal(await statusOf(run, accessToken, 'POST', 'auth/keys', wanted), 422, 'there is none for her')
  const made = await keyOf(run, boss, 'people:read', { serviceAccount: id })
  const seen = async () => {
    const { status, body } = await as(run, made.key, 'GET', 'people')
    return status === 200 ? (body as { data: object[] }).data.length : status
  }

  const everybody = await seen()
  assert.ok(typeof everybody === 'number' && everybody > 1)
  const next = await as(run, boss, 'POST', `auth/keys/${made.id}/rotate`, {})
  assert.equal(next.status, 200)
  await as(run, boss, 'POST', `auth/service-accounts/${id}/roles`, { roles: [] })
  assert.equal(await seen(), 0, 'it has no rows of its own')
  assert.equal(await statusOf(run, boss, 'DELETE', `auth/service-accounts/${id}`), 204)
  assert.equal(await seen(), 401)
})

onBoth('that a key is used is written down about once a minute, and no more often', async (run) => {
  const { accessToken } = await joined(run, ann)
  const made = await keyOf(run, accessToken, 'notes:read')
  const usedAt = async () =>
    ((await as(run, accessToken, 'GET', `auth/keys/${made.id}`)).body as { usedAt: string | null }).usedAt
  const use = () => as(run, made.key, 'GET', 'notes')
  const becomes = async (wanted: string) => {
    for (let n = 0; n < 200 && (await usedAt()) !== wanted; n++) await new Promise((done) => setTimeout(done, 10))
    return usedAt()
  }
  const [first, second] = [0, minute].map((ms) => new Date(run.clock.ms() + ms).toISOString())
  assert.ok(first !== undefined && second !== undefined)

  assert.equal(await usedAt(), null)
  await use()
  assert.equal(await becomes(first), first)
  run.clock.advance(minute / 2)
  await use()
  run.clock.advance(minute / 2)
  assert.equal(await usedAt(), first, 'half a minute is too soon')
  await use()
  assert.equal(await becomes(second), second)
})

onBoth('many keys that nobody made cost one network its budget, and others theirs not', async (run) => {
  const { accessToken } = await joined(run, ann)
  const made = await keyOf(run, accessToken, 'notes:read')
  assert.equal(await statusOf(run, made.key, 'GET', 'notes'), 200)

  const forged = await Promise.all(Array.from({ length: 200 }, (_, n) => statusOf(run, forgedKey(n), 'GET', 'notes')))
  const bent = await Promise.all(
    Array.from({ length: 200 }, (_, n) => statusOf(run, `plk_${String(n).padStart(49, 'x')}`, 'GET', 'notes')),
  )

  assert.deepEqual(
    [401, 429].map((status) => forged.filter((one) => one === status).length >= 79),
    [true, true],
  )
  assert.deepEqual(new Set(bent), new Set([401]), 'no checksum, no look, no budget')
  assert.equal(await statusOf(run, made.key, 'GET', 'notes'), 200, 'a key that was good once is looked up always')
})

/** A key with a right checksum that was never made. */
function forgedKey(n: number): string {
  const body = `plk_${String(n).padStart(43, 'A')}`
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  let [rest, check] = [crc32(body), '']
  for (let at = 0; at < 6; at++) {
    check = `${digits[rest % 62]}${check}`
    rest = Math.floor(rest / 62)
  }
  return `${body}${check}`
}

/** The token of somebody with the role `admin`. */
async function madeAdmin(run: Club): Promise<string> {
  const email = 'boss@example.com'
  await joined(run, email)
  const found = await run.as('admin').request('GET', `/api/v1/auth/accounts?email=${email}`)
  const [account] = (found.body as { data: { id: string }[] }).data
  await run.as('admin').request('POST', `/api/v1/auth/accounts/${account?.id}/roles`, { body: { roles: ['admin'] } })
  return (await signIn(run, email)).accessToken
}
