// Programs in organizations: offered by an administrator, taken in by who looks after it, and acting there by a key.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { role } from 'plinth'
import type { Answered } from 'plinth/testing'
import { founded, joined, openStudio, person, said, type Person, type Studio } from './studio.ts'

const missing = '01890000-0000-7000-8000-00000000dead'

interface Program {
  readonly id: string
  readonly key: string
  ask(method: string, path: string, body?: unknown, tenant?: string): Promise<Answered>
}

/** An administrator of the app, who is in no organization. */
async function administrator(run: Studio): Promise<Person> {
  const boss = await person(run, 'boss@example.com')
  const first = run.as(role('admin'))
  const found = (await first.request('GET', `/api/v1/auth/accounts?email=${boss.email}`)).body
  const [account] = (found as { data: { id: string }[] }).data
  await first.request('POST', `/api/v1/auth/accounts/${account?.id}/roles`, { body: { roles: ['admin'] } })
  return boss
}

async function program(run: Studio, boss: Person, name: string, scopes: readonly string[]): Promise<Program> {
  const { id } = said<{ id: string }>(await boss.ask('POST', 'auth/service-accounts', { name, roles: [] }), 201)
  const wanted = { name, scopes, serviceAccount: id }
  const { key } = said<{ key: string }>(await boss.ask('POST', 'auth/keys', wanted), 201)
  const ask: Program['ask'] = (method, path, body, tenant) =>
    run.anonymous.request(method, `/api/v1/${path}`, {
      headers: { authorization: `Bearer ${key}`, ...(tenant !== undefined && { 'plinth-tenant': tenant }) },
      ...(body !== undefined && { body }),
    })
  return { id, key, ask }
}

const offer = (boss: Person, { id }: Program, organization: string) =>
  boss.ask('POST', `auth/service-accounts/${id}/offer`, { organization })

const setService = (by: Person, organization: string, service: string, role: string) =>
  by.ask('POST', `auth/organizations/${organization}/set-service`, { service, role })

interface Listed {
  readonly id: string
  readonly serviceAccount: string
  readonly role: string | null
}
const services = async (by: Person, organization: string): Promise<readonly Listed[]> =>
  said<{ data: Listed[] }>(await by.ask('GET', `auth/organizations/${organization}/services`), 200).data

async function offered(boss: Person, by: Person, made: Program, organization: string): Promise<string> {
  said(await offer(boss, made, organization), 204)
  const found = (await services(by, organization)).find(({ serviceAccount }) => serviceAccount === made.id)
  assert.ok(found)
  return found.id
}

const titles = (answer: Answered): string[] =>
  said<{ data: { title: string }[] }>(answer, 200).data.map(({ title }) => title)

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`on ${engine}: a program acts in an organization that took it in, by its role, and nowhere else`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    const boss = await administrator(run)
    const [here, there] = [await founded(ann, 'Here'), await founded(bob, 'There')]
    const { id: plan } = said<{ id: string }>(await ann.ask('POST', 'boards', { title: 'Plan' }), 201)
    const { id: other } = said<{ id: string }>(await bob.ask('POST', 'boards', { title: 'Other' }), 201)
    const robot = await program(run, boss, 'robot', ['read', 'write'])
    const change = async () => (await robot.ask('PATCH', `boards/${plan}`, { size: 1 })).status

    const service = await offered(boss, ann, robot, here)
    assert.deepEqual(titles(await robot.ask('GET', 'boards')), [], 'offered is not taken in')
    assert.equal((await robot.ask('GET', 'boards', undefined, here)).status, 403)
    assert.equal((await services(ann, here))[0]?.role, null)

    said(await setService(ann, here, service, 'member'), 204)
    assert.deepEqual(titles(await robot.ask('GET', 'boards')), ['Plan'])
    assert.equal(await change(), 403, 'a member may not')
    said(await setService(ann, here, service, 'editor'), 204)
    assert.equal(await change(), 200)
    const me = said<Record<string, unknown>>(await robot.ask('GET', 'auth/me'), 200)
    assert.deepEqual([me['id'], me['tenant'], me['member']], [robot.id, here, 'editor'])

    assert.equal((await robot.ask('GET', `boards/${other}`)).status, 404)
    assert.equal((await robot.ask('GET', 'boards', undefined, there)).status, 403)
    assert.equal((await robot.ask('GET', `auth/organizations/${here}`)).status, 403, 'a key does nothing of the house')
    assert.equal(
      (await robot.ask('POST', `auth/organizations/${here}/set-service`, { service, role: 'owner' })).status,
      403,
    )

    said(await ann.ask('DELETE', `auth/organizations/services/${service}`), 204)
    assert.deepEqual([titles(await robot.ask('GET', 'boards')), await change()], [[], 403])
  })

  test(`on ${engine}: in two it says for which; its scopes narrow its role; it ends with its account`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    const boss = await administrator(run)
    const [here, there] = [await founded(ann, 'Here'), await founded(bob, 'There')]
    const { id: plan } = said<{ id: string }>(await ann.ask('POST', 'boards', { title: 'Plan' }), 201)
    said(await bob.ask('POST', 'boards', { title: 'Other' }), 201)
    const reader = await program(run, boss, 'reader', ['boards:read'])
    said(await setService(ann, here, await offered(boss, ann, reader, here), 'owner'), 204)
    said(await setService(bob, there, await offered(boss, bob, reader, there), 'editor'), 204)

    assert.deepEqual(titles(await reader.ask('GET', 'boards')), [])
    assert.deepEqual(titles(await reader.ask('GET', 'boards', undefined, here)), ['Plan'])
    assert.deepEqual(titles(await reader.ask('GET', 'boards', undefined, there)), ['Other'])
    assert.equal((await reader.ask('DELETE', `boards/${plan}`, undefined, here)).status, 403)

    said(await boss.ask('DELETE', `auth/service-accounts/${reader.id}`), 204)
    assert.equal((await reader.ask('GET', 'boards', undefined, here)).status, 401)
    assert.deepEqual([await services(ann, here), await services(bob, there)], [[], []])
  })

  test(`on ${engine}: nobody gives a program more than they may, or takes in what was not offered`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    const [cat, eve] = [await person(run, 'cat@example.com'), await person(run, 'eve@example.com')]
    const boss = await administrator(run)
    const [here, evil] = [await founded(ann, 'Here'), await founded(eve, 'Evil')]
    await joined(run, ann, bob, here, 'admin')
    await joined(run, ann, cat, here, 'editor')
    const robot = await program(run, boss, 'robot', ['read'])
    const second = await program(run, boss, 'second', ['read'])
    const service = await offered(boss, ann, robot, here)
    const takeOut = async (by: Person) => (await by.ask('DELETE', `auth/organizations/services/${service}`)).status
    const roleIs = async (by: Person, role: string, id = service, at = here) =>
      (await setService(by, at, id, role)).status

    assert.equal((await offer(ann, robot, here)).status, 403, 'an owner offers nothing')
    assert.equal((await offer(eve, robot, evil)).status, 403)
    assert.equal((await offer(boss, robot, missing)).status, 422)
    assert.equal((await offer(boss, robot, 'no id')).status, 422)
    assert.deepEqual([await roleIs(boss, 'member'), await roleIs(eve, 'member')], [404, 404], 'who is not in it')
    assert.deepEqual([await roleIs(cat, 'member'), await takeOut(cat)], [403, 403])
    assert.equal(await takeOut(eve), 404)
    assert.equal(await roleIs(bob, 'owner'), 403, 'an admin gives nothing of an owner')
    assert.equal(await roleIs(bob, 'nonsense'), 422)
    for (const id of [robot.id, second.id, missing]) assert.equal(await roleIs(ann, 'member', id), 422, 'not offered')
    assert.equal(await roleIs(eve, 'member', service, evil), 422, 'what was offered to others')
    assert.deepEqual(titles(await robot.ask('GET', 'boards')), [])

    assert.deepEqual([await roleIs(bob, 'admin'), await roleIs(ann, 'owner')], [204, 204])
    assert.deepEqual([await roleIs(bob, 'member'), await takeOut(bob)], [403, 403], 'an owner is beyond an admin')
    const last = await ann.ask('POST', `auth/organizations/${here}/leave`)
    assert.equal(last.status, 409, 'a program is no owner that an organization could be left to')
    await joined(run, ann, eve, here, 'editor')
    assert.equal(await roleIs(eve, 'member', service, evil), 404, 'a program of one by who rules another')
    said(await offer(boss, robot, here), 204)
    assert.equal((await services(ann, here))[0]?.role, 'owner', 'offered again, nothing changes')
    assert.equal(await takeOut(ann), 204)
  })
}
