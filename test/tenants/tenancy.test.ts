// For which organization a request is: the one it names, or the only one; and never a moment longer than one is in it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { founded, joined, openStudio, person, place, said, type Person } from './studio.ts'

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
