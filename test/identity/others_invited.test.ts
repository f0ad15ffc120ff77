// Who was invited and came by another service first: their own account gets the roles, by the letter and the address.
import assert from 'node:assert/strict'
import { role } from 'plinth'
import type { Answered } from 'plinth/testing'
import { arrive, onBothWithOthers, type Scene } from './others.ts'
import { as, ask, codeFor, lettersTo, type Pair, password } from './people.ts'

const ann = 'ann@example.com'
const day = 86_400_000

async function invited({ run }: Scene, email = ann): Promise<string> {
  const body = { email, roles: ['staff', 'editor'] }
  assert.equal((await run.as(role('admin')).request('POST', '/api/v1/auth/invitations', { body })).status, 201)
  return codeFor(run, email)
}

const accept = ({ run }: Scene, { accessToken }: Pair, token: string, more: object = {}): Promise<Answered> =>
  as(run, accessToken, 'POST', 'auth/invitations/accept', { token, ...more })

async function rolesOf({ run }: Scene, { accessToken }: Pair): Promise<unknown> {
  return ((await as(run, accessToken, 'GET', 'auth/me')).body as { roles: unknown }).roles
}

const waiting = async ({ run }: Scene): Promise<number> => {
  const { body } = await run.as(role('admin')).request('GET', '/api/v1/auth/invitations')
  return (body as { data: unknown[] }).data.length
}

/** Comes by the service, with an address that it answers for. */
async function come(scene: Scene, subject: string, email: string): Promise<Pair> {
  scene.issuer.people.set(subject, { email, email_verified: true })
  const answer = await arrive(scene, subject)
  assert.equal(answer.status, 200, answer.text)
  return answer.body as Pair
}

onBothWithOthers('who was invited and came by a service first accepts with their own account, once', async (scene) => {
  const { run } = scene
  const token = await invited(scene)
  const own = await come(scene, '1', 'Ann@Example.com')
  assert.deepEqual(await rolesOf(scene, own), [], 'the address alone gives nothing')

  const withPassword = await ask(run, 'invitations/accept', { token, password })
  assert.deepEqual([withPassword.status, (withPassword.body as { code: string }).code], [409, 'has_account'])
  assert.equal(await waiting(scene), 1, 'it waits for them')
  assert.equal((await accept(scene, own, token, { profile: { name: 'Ann' } })).status, 422)
  assert.equal((await accept(scene, own, token)).status, 204)

  assert.deepEqual(await rolesOf(scene, own), ['editor', 'staff'], 'on the next request')
  assert.equal((await accept(scene, own, token)).status, 422)
  assert.equal(await waiting(scene), 0)
  assert.match((await lettersTo(run, 'Ann@Example.com'))[0]?.text ?? '', /changed what you may do/)
  assert.equal((await ask(run, 'login', { email: ann, password })).status, 401, 'no password came of it')
})

onBothWithOthers('an invitation is accepted by the account of its address alone, and that confirmed', async (scene) => {
  const { run } = scene
  const token = await invited(scene)
  const eve = await come(scene, 'eve', 'eve@example.com')
  assert.equal((await accept(scene, eve, token)).status, 422)
  assert.deepEqual(await rolesOf(scene, eve), [])
  assert.equal((await ask(run, 'invitations/accept', { token })).status, 422, 'nobody in particular has no account')

  scene.issuer.people.set('evil', { email: ann, email_verified: false })
  assert.equal((await arrive(scene, 'evil')).status, 403, 'an address that the service does not answer for is nobody’s')
  const own = await come(scene, '1', ann)
  const headers = { authorization: `Bearer ${own.accessToken}` }
  assert.equal((await run.anonymous.request('POST', '/bend/unconfirm', { headers })).status, 200)
  assert.equal((await accept(scene, own, token)).status, 422)
  assert.deepEqual(await rolesOf(scene, own), [])
  assert.equal(await waiting(scene), 1, 'it stays good for whom it was for')
})

onBothWithOthers('an invitation to who has an account ends with its time, and no key accepts it', async (scene) => {
  const { run } = scene
  const late = await invited(scene)
  run.clock.advance(3 * day)
  assert.equal((await accept(scene, await come(scene, '1', ann), late)).status, 422)

  const bob = 'bob@example.com'
  const token = await invited(scene, bob)
  const own = await come(scene, '2', bob)
  const made = await as(run, own.accessToken, 'POST', 'auth/keys', { name: 'Key', scopes: ['read', 'write'] })
  const { key: accessToken } = made.body as { key: string }
  const byKey = await accept(scene, { ...own, accessToken }, token)
  assert.ok(byKey.status >= 400 && byKey.status < 500, byKey.text)
  assert.deepEqual(await rolesOf(scene, own), [])
})

onBothWithOthers('of twenty who accept at once with their account, one does', async (scene) => {
  const token = await invited(scene)
  const own = await come(scene, '1', ann)

  const answers = await Promise.all(Array.from({ length: 20 }, () => accept(scene, own, token)))

  assert.equal(answers.filter(({ status }) => status === 204).length, 1)
  assert.equal(answers.filter(({ status }) => status === 422).length, 19)
  assert.deepEqual(await rolesOf(scene, own), ['editor', 'staff'])
})
