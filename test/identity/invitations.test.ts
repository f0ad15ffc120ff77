// Invitations: an administrator asks, the letter makes the account once and in time, and nobody else comes in by it.
import assert from 'node:assert/strict'
import { role } from 'plinth'
import { as, ask, type Club, codeFor, joined, lettersTo, onBoth, password, signIn } from './people.ts'

const ann = 'ann@example.com'
const day = 86_400_000

const boss = (run: Club) => run.as(role('admin'))
const invited = (run: Club, email: string, more: object = {}) =>
  boss(run).request('POST', '/api/v1/auth/invitations', { body: { email, roles: ['staff'], ...more } })
const accept = (run: Club, token: string, more: object = {}) =>
  ask(run, 'invitations/accept', { token, password, ...more })
const listed = async (run: Club): Promise<{ id: string; email: string }[]> =>
  ((await boss(run).request('GET', '/api/v1/auth/invitations')).body as { data: { id: string; email: string }[] }).data

onBoth('who is invited chooses a password and a profile, once, and has the roles', async (run) => {
  const made = await invited(run, ann, { name: 'Bo' })
  assert.deepEqual([made.status, (made.body as { roles: unknown }).roles], [201, ['staff']])
  assert.doesNotMatch(JSON.stringify(made.body), /pli_|hash/)
  assert.equal((await listed(run)).length, 1)
  assert.match((await lettersTo(run, ann))[0]?.text ?? '', /“Bo” invites you/)
  const token = await codeFor(run, ann)

  assert.equal((await accept(run, token, { password: 'short' })).status, 422)
  assert.equal((await accept(run, token, { profile: { name: 7 } })).status, 422)
  assert.equal((await accept(run, token, { profile: { name: 'Ann' } })).status, 204)

  assert.equal((await accept(run, token)).status, 422)
  const { accessToken } = await signIn(run, ann)
  const me = (await as(run, accessToken, 'GET', 'auth/me')).body as { roles: unknown; profile: { name: string } }
  assert.deepEqual([me.roles, me.profile.name], [['staff'], 'Ann'])
  assert.deepEqual(await listed(run), [])
})

onBoth('an invitation ends after 72 hours, when it is revoked, and with the next one', async (run) => {
  await invited(run, ann)
  const late = await codeFor(run, ann)
  run.clock.advance(3 * day)
  assert.equal((await accept(run, late)).status, 422)

  await invited(run, ann)
  const first = await codeFor(run, ann)
  await invited(run, ann)
  const second = await codeFor(run, ann)
  assert.equal((await accept(run, first)).status, 422)
  const [one, ...others] = await listed(run)
  assert.deepEqual([one?.email, others], [ann, []])
  assert.equal((await boss(run).request('DELETE', `/api/v1/auth/invitations/${one?.id}`)).status, 204)
  assert.equal((await accept(run, second)).status, 422)
  assert.equal((await ask(run, 'login', { email: ann, password })).status, 401, 'nobody came of it')
})

onBoth(
  'an address with an account gets the same answer; its letter opens nothing, and nothing changes',
  async (run) => {
    await joined(run, ann)
    const [known, fresh] = [await invited(run, ann), await invited(run, 'new@example.com')]

    const shape = ({ status, body }: typeof known): unknown => [status, Object.keys(Object(body)).toSorted()]
    assert.deepEqual(shape(known), shape(fresh))
    assert.doesNotMatch((await lettersTo(run, ann))[0]?.text ?? '', /token=/)
    const { accessToken } = await signIn(run, ann)
    assert.deepEqual(((await as(run, accessToken, 'GET', 'auth/me')).body as { roles: unknown }).roles, [])
  },
)

onBoth('who registered without confirming is pushed aside; who confirmed meanwhile is left alone', async (run) => {
  await ask(run, 'register', { email: ann, password: 'somebody else was here', profile: { name: 'Mallory' } })
  const squatted = await codeFor(run, ann)
  await invited(run, ann)
  assert.equal((await accept(run, await codeFor(run, ann), { profile: { name: 'Ann' } })).status, 204)
  assert.equal((await ask(run, 'verify', { token: squatted })).status, 422)
  assert.equal((await ask(run, 'login', { email: ann, password: 'somebody else was here' })).status, 401)
  const { accessToken } = await signIn(run, ann)
  const me = (await as(run, accessToken, 'GET', 'auth/me')).body as { profile: { name: string } }
  assert.equal(me.profile.name, 'Ann')

  const bob = 'bob@example.com'
  await invited(run, bob)
  const token = await codeFor(run, bob)
  await joined(run, bob)
  const late = await accept(run, token, { password: 'an entirely different phrase' })
  assert.equal(late.status, 409)
  assert.equal((late.body as { code: string }).code, 'has_account')
  const his = await signIn(run, bob)
  const { roles } = (await as(run, his.accessToken, 'GET', 'auth/me')).body as { roles: unknown }
  assert.deepEqual(roles, [], 'nothing comes of it but by his own hand')
})

onBoth('an invitation makes an account of its own address alone, whatever else is sent', async (run) => {
  await invited(run, ann)
  const token = await codeFor(run, ann)

  for (const more of [{ email: 'eve@example.com' }, { roles: ['admin'] }])
    assert.equal((await accept(run, token, more)).status, 422)
  assert.equal((await accept(run, token)).status, 204)
  assert.equal((await ask(run, 'login', { email: 'eve@example.com', password })).status, 401)
  await signIn(run, ann)
})

onBoth('of twenty who accept at once, one does', async (run) => {
  await invited(run, ann)
  const token = await codeFor(run, ann)

  const answers = await Promise.all(Array.from({ length: 20 }, () => accept(run, token)))

  assert.equal(answers.filter(({ status }) => status === 204).length, 1)
  assert.equal(answers.filter(({ status }) => status === 422).length, 19)
})

onBoth('nobody but an administrator invites, or sees who is; letters to one address are five an hour', async (run) => {
  const body = { email: ann, roles: ['admin'] }
  const { accessToken } = await joined(run, 'bob@example.com')
  assert.equal((await as(run, accessToken, 'POST', 'auth/invitations', body)).status, 403)
  assert.equal((await as(run, accessToken, 'GET', 'auth/invitations')).status, 403)
  assert.equal((await run.as(role('staff')).request('POST', '/api/v1/auth/invitations', { body })).status, 403)
  assert.equal((await run.anonymous.request('POST', '/api/v1/auth/invitations', { body })).status, 401)

  const statuses = []
  for (let n = 0; n < 6; n++) statuses.push((await invited(run, ann)).status)
  assert.deepEqual(statuses, [201, 201, 201, 201, 201, 429])
})
