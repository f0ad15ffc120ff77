// For which organization a request is: the one it names, or the only one; and never a moment longer than one is in it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { action, app, type Id, integer, organizations, resource, signedIn, text } from 'plinth'
import { testApp } from 'plinth/testing'
import { founded, joined, openStudio, person, place, said, type Person } from './studio.ts'

const desks = resource('desks', {
  tenant: 'organization',
  fields: { label: text({ max: 20 }) },
  allow: { read: [signedIn] },
})
const ways = action(desks, 'count', {
  on: 'collection',
  allow: [signedIn],
  input: { how: text({ max: 10 }), id: text({ max: 36 }) },
  output: { many: integer({ min: 0 }) },
  async run({ input: { how, id }, tx }) {
    const organization: Id<'plinth_organizations'> = id
    if (how === 'get') await tx.get(desks, id)
    if (how === 'create') await tx.create(desks, { label: 'new' })
    if (how === 'there') await tx.create(desks, { label: 'new', organization })
    if (how === 'move') await tx.update(desks, (await tx.find(desks, {}))[0]!.id, { organization })
    if (how === 'for') return { many: (await tx.forTenant(organization).find(desks, {})).length }
    if (how === 'found') await tx.acrossTenants().create(desks, { label: 'first', organization })
    const all = how === 'across' ? await tx.acrossTenants().find(desks, {}) : await tx.find(desks, {})
    return { many: how === 'find' || how === 'across' ? all.length : 1 }
  },
})
/** A route of the app's own, beside the generated ones. */
async function seenBy(request: FastifyRequest) {
  const call = await request.plinth()
  return { tenant: call.me.tenant, many: await call.transaction(async (tx) => (await tx.find(desks, {})).length) }
}

const desksSeen: FastifyPluginAsync = async (scope) => {
  scope.get('/seen', (request) => seenBy(request))
}
const office = app('office', { desks, ways }, { routes: { '/own': desksSeen } })

const titles = async (who: Person, tenant?: string): Promise<string[]> =>
  said<{ data: { title: string }[] }>(await who.ask('GET', 'boards', undefined, tenant), 200).data.map(
    ({ title }) => title,
  )

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`on ${engine}: the only organization is meant where none is named; of several one is named`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    assert.deepEqual(await titles(ann), [])
    assert.equal((await ann.ask('POST', 'boards', { title: 'Nowhere' })).status, 403)
    const here = await founded(ann, 'Here')

    const made = said<object>(await ann.ask('POST', 'boards', { title: 'Plan' }), 201)
    assert.equal(Object.keys(made).includes('organization'), false)
    const there = await founded(bob, 'There')
    said(await bob.ask('POST', 'boards', { title: 'Plan' }), 201)
    await joined(run, bob, ann, there)

    assert.deepEqual(await titles(ann), [], 'of two none is meant')
    assert.deepEqual([await titles(ann, here), await titles(ann, there)], [['Plan'], ['Plan']])
    said(await ann.ask('POST', 'boards', { title: 'More' }, there), 201)
    assert.deepEqual((await titles(bob)).toSorted(), ['More', 'Plan'])
  })

  test(`on ${engine}: the role in the organization is what the rules ask, and it is felt at once`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    const organization = await founded(ann, 'Here')
    await joined(run, ann, bob, organization)
    const { id } = said<{ id: string }>(await ann.ask('POST', 'boards', { title: 'Plan' }), 201)
    const member = await place(ann, organization, bob)
    const act = async (what: string, body: object) =>
      said(await ann.ask('POST', `auth/organizations/${organization}/${what}`, body), 204)
    const change = async () => (await bob.ask('PATCH', `boards/${id}`, { size: 1 })).status

    const me = async () => said<Record<string, unknown>>(await bob.ask('GET', 'auth/me'), 200)
    assert.equal(await change(), 403)
    await act('set-role', { member, role: 'editor' })
    assert.equal(await change(), 200)
    const { tenant, member: role, roles } = await me()
    assert.deepEqual([tenant, role, roles], [organization, 'editor', []])
    assert.equal((await bob.ask('DELETE', `boards/${id}`)).status, 403)
    await act('set-role', { member, role: 'admin' })
    assert.equal(await change(), 403)
    await act('remove', { member })
    assert.deepEqual([await change(), (await bob.ask('GET', `boards/${id}`)).status], [403, 404])
    assert.equal((await bob.ask('GET', 'boards', undefined, organization)).status, 403)
    await run.settle()
    assert.match((await run.mails())[0]?.text ?? '', /not in the organization/)
  })
}

test('who rules an organization of their own is nobody to the app', async () => {
  await using run = await openStudio()
  const eve = await person(run, 'eve@example.com')
  await founded(eve, 'Evil')

  assert.equal((await eve.ask('GET', 'jobs')).status, 403)
})

test('nobody in particular acts for no organization, and a token that has one for no other', async () => {
  await using run = await openStudio()
  const ann = await person(run, 'ann@example.com')
  const organization = await founded(ann, 'Here')
  const ask = async (who: typeof run.anonymous, tenant: string) =>
    (await who.request('GET', '/api/v1/boards', { headers: { 'plinth-tenant': tenant } })).status
  const bound = run.as('member', { tenant: organization })
  const free = run.as('member')

  assert.equal(await ask(run.anonymous, organization), 401)
  assert.equal(await ask(bound, organization), 200)
  assert.equal(await ask(bound, '01890000-0000-7000-8000-00000000dead'), 403)
  assert.equal(await ask(free, organization), 403)
})

test('a cursor is of one tenant, though the caller is the same', async () => {
  await using run = await openStudio()
  const [here, there] = [await run.make(organizations), await run.make(organizations)]
  const id = '01890000-0000-7000-8000-00000000000a'
  const [asHere, asThere] = [here, there].map((one) => run.as('clerk', { id, tenant: one.id }))
  for (const title of ['a', 'b', 'c']) {
    await asHere!.boards.create({ title })
    await asThere!.boards.create({ title })
  }
  const page = await asHere!.boards.list({ limit: 1, sort: 'title' })
  const path = `/api/v1/boards?limit=1&sort=title&after=${page.next}`

  assert.equal((await asHere!.request('GET', path)).status, 200)
  assert.equal((await asThere!.request('GET', path)).status, 400)
})

test('code sees one tenant, or with acrossTenants all of them; nobody’s code sees none', async () => {
  await using run = await testApp(office)
  const [here, there] = [await run.make(organizations), await run.make(organizations)]
  const own = await run.make(desks, { organization: here.id, label: 'a' })
  const other = await run.make(desks, { organization: there.id, label: 'a' })
  const count = async (tenant: string | null, how: string, id: string = own.id): Promise<unknown> => {
    const answer = await run.as('clerk', { tenant }).request('POST', '/api/v1/desks/count', { body: { how, id } })
    return answer.status === 200 ? (answer.body as { many: number }).many : answer.status
  }

  assert.deepEqual([await count(here.id, 'find'), await count(there.id, 'find'), await count(null, 'find')], [1, 1, 0])
  assert.deepEqual([await count(here.id, 'across'), await count(null, 'across')], [2, 2])
  assert.deepEqual([await count(here.id, 'get'), await count(here.id, 'get', other.id)], [1, 404])
  assert.deepEqual(
    [await count(null, 'get'), await count(null, 'create'), await count(here.id, 'create')],
    [404, 403, 1],
  )
  // These are faults of the code, which says whose row it is by a mistake.
  assert.deepEqual([await count(here.id, 'there', there.id), await count(here.id, 'move', there.id)], [500, 500])
  assert.equal(await count(null, 'found', there.id), 1)
  assert.deepEqual([await count(null, 'for', here.id), await count(here.id, 'for', there.id)], [2, 2])
})

test('a route of the app’s own is for one tenant too', async () => {
  await using run = await testApp(office)
  const [here, there] = [await run.make(organizations), await run.make(organizations)]
  for (const { id } of [here, there, there]) await run.make(desks, { organization: id })
  const seen = async (tenant: string | null, headers: Record<string, string> = {}): Promise<unknown> =>
    (await run.as('clerk', { tenant }).request('GET', '/own/seen', { headers })).body

  assert.deepEqual(await seen(there.id), { tenant: there.id, many: 2 })
  assert.deepEqual(await seen(null), { tenant: null, many: 0 })
  assert.equal(Reflect.get(Object(await seen(null, { 'plinth-tenant': here.id })), 'status'), 403)
})
