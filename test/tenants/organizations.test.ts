// Organizations from the outside: made, joined by letter, ruled by their owners, of whom one always stays.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeIn } from './letters.ts'
import { founded, joined, membersOf, openStudio, person, place, said } from './studio.ts'

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`on ${engine}: somebody makes an organization, asks others in, and all see who is in it`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    const organization = await founded(ann, 'Wonder & Co')

    assert.equal((await bob.ask('GET', `auth/organizations/${organization}`)).status, 404)
    await joined(run, ann, bob, organization, 'editor')

    const list = said<{ data: object[]; next: null }>(await bob.ask('GET', 'auth/organizations'), 200)
    assert.deepEqual(list, {
      data: [{ id: organization, name: 'Wonder & Co', role: 'editor', since: '2026-01-01T00:00:00.000Z' }],
      next: null,
    })
    const roles = (await membersOf(bob, organization)).map(({ email, role }) => `${email} ${role}`)
    assert.deepEqual(roles.toSorted(), ['ann@example.com owner', 'bob@example.com editor'])
    const renamed = await bob.ask('PATCH', `auth/organizations/${organization}`, { name: 'Bobs' })
    assert.equal(renamed.status, 403)
    said(await ann.ask('PATCH', `auth/organizations/${organization}`, { name: 'Wonder' }), 200)
    assert.equal(said<{ name: string }>(await bob.ask('GET', `auth/organizations/${organization}`), 200).name, 'Wonder')
  })
}

test('whoever is not in an organization cannot tell it from one that is not there', async () => {
  await using run = await openStudio()
  const [ann, eve] = [await person(run, 'ann@example.com'), await person(run, 'eve@example.com')]
  const organization = await founded(ann, 'Wonder')
  await founded(eve, 'Evil')
  const missing = '01890000-0000-7000-8000-00000000dead'

  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PATCH', '', { name: 'x' }],
    ['DELETE', '', undefined],
    ['POST', '/leave', undefined],
    ['POST', '/invite', { email: 'eve@example.com' }],
  ] as const) {
    const tries = [organization, missing].map((id) => eve.ask(method, `auth/organizations/${id}${path}`, body))
    const [real, none] = await Promise.all(tries)
    assert.equal(real?.status, 404, `${method} ${path}`)
    assert.equal(plain(real?.text), plain(none?.text))
  }
  const boards = await Promise.all(
    [organization, missing, 'x', ''].map((id) => eve.ask('GET', 'boards', undefined, id)),
  )
  assert.deepEqual(new Set(boards.map(({ status, text }) => `${status} ${plain(text)}`)).size, 1)
  assert.equal(boards[0]?.status, 403)
  const lists = ['members', 'invitations'].map((list) => eve.ask('GET', `auth/organizations/${organization}/${list}`))
  for (const answer of await Promise.all(lists)) assert.deepEqual(said<{ data: [] }>(answer, 200).data, [])
})

/** Without what differs between any two requests. */
const plain = (text = ''): string => text.replace(/"requestId":"[^"]*"/, '').replace(/"instance":"[^"]*"/, '')

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`an invitation is for one address, once, for 72 hours; the newest letter works, on ${engine}`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob, eve] = [
      await person(run, 'ann@example.com'),
      await person(run, 'bob@example.com'),
      await person(run, 'eve@example.com'),
    ]
    const organization = await founded(ann, 'Wonder')
    const invite = () => ann.ask('POST', `auth/organizations/${organization}/invite`, { email: 'Bob@Example.com' })
    said(await invite(), 204)
    await run.settle()
    const [letter] = await run.mails()
    const first = /#token=(\w+)/.exec(letter?.text ?? '')?.[1] ?? ''
    said(await invite(), 204)
    await run.settle()
    const second = /#token=(\w+)/.exec((await run.mails())[0]?.text ?? '')?.[1] ?? ''
    const accept = async (who: typeof bob, token: string) =>
      (await who.ask('POST', 'auth/organizations/accept', { token })).status

    assert.match(letter?.text ?? '', /Wonder.*72 hours/s)
    assert.deepEqual([await accept(bob, first), await accept(eve, second), await accept(bob, 'pli_x')], [422, 422, 422])
    const many = await Promise.all(Array.from({ length: 10 }, () => accept(bob, second)))
    assert.deepEqual(
      many.toSorted((a, b) => a - b),
      [200, ...Array.from({ length: 9 }, () => 422)],
    )
    assert.equal((await membersOf(ann, organization)).length, 2)
    assert.equal((await invite()).status, 409)

    said(await ann.ask('POST', `auth/organizations/${organization}/invite`, { email: eve.email }), 204)
    const late = await codeIn(run, eve.email)
    run.clock.advance(72 * 3_600_000 + 1)
    const { body } = await run.anonymous.request('POST', '/api/v1/auth/login', {
      body: { email: eve.email, password: 'seven wild geese fly north' },
    })
    const headers = { authorization: `Bearer ${(body as { accessToken: string }).accessToken}` }
    const answer = await run.anonymous.request('POST', '/api/v1/auth/organizations/accept', {
      headers,
      body: { token: late },
    })
    assert.equal(answer.status, 422)
  })
}

test('an invitation can be taken back, and nobody is flooded with them', async () => {
  await using run = await openStudio()
  const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
  const organization = await founded(ann, 'Wonder')
  const invite = () => ann.ask('POST', `auth/organizations/${organization}/invite`, { email: bob.email })
  said(await invite(), 204)
  const token = await codeIn(run, bob.email)
  const list = await ann.ask('GET', `auth/organizations/${organization}/invitations`)
  const [open] = said<{ data: { id: string }[] }>(list, 200).data

  assert.equal((await bob.ask('DELETE', `auth/organizations/invitations/${open?.id}`)).status, 404)
  said(await ann.ask('DELETE', `auth/organizations/invitations/${open?.id}`), 204)
  assert.equal((await bob.ask('POST', 'auth/organizations/accept', { token })).status, 422)

  const more = [await invite(), await invite(), await invite(), await invite(), await invite()]
  assert.deepEqual(
    more.map(({ status }) => status),
    [204, 204, 204, 204, 429],
  )
})

test('admins look after members, owners after owners', async () => {
  await using run = await openStudio()
  const [ann, bob, cid] = [
    await person(run, 'ann@example.com'),
    await person(run, 'bob@example.com'),
    await person(run, 'cid@example.com'),
  ]
  const organization = await founded(ann, 'Wonder')
  await joined(run, ann, bob, organization, 'admin')
  await joined(run, bob, cid, organization)
  const [annsPlace, cidsPlace] = [await place(bob, organization, ann), await place(bob, organization, cid)]
  const act = async (by: typeof bob, what: string, body: object) =>
    (await by.ask('POST', `auth/organizations/${organization}/${what}`, body)).status

  assert.equal(await act(bob, 'set-role', { member: cidsPlace, role: 'editor' }), 204)
  assert.equal(await act(bob, 'set-role', { member: cidsPlace, role: 'owner' }), 403)
  assert.equal(await act(bob, 'set-role', { member: annsPlace, role: 'member' }), 403)
  assert.equal(await act(bob, 'remove', { member: annsPlace }), 403)
  assert.equal(await act(bob, 'invite', { email: 'dan@example.com', role: 'owner' }), 403)
  assert.equal(await act(cid, 'remove', { member: annsPlace }), 403)
  assert.equal(await act(cid, 'set-role', { member: cidsPlace, role: 'admin' }), 403)
  assert.equal(await act(ann, 'set-role', { member: cidsPlace, role: 'king' }), 422)
  assert.equal(await act(ann, 'set-role', { member: cidsPlace, role: 'owner' }), 204)
  await run.settle()
  assert.match((await run.mails())[0]?.text ?? '', /Wonder.*you are now: owner/s)
})
