// The end of an account that is in organizations: out of each at once, or not at all while one would be lost.
import assert from 'node:assert/strict'
import { role } from 'plinth'
import { test } from 'node:test'
import { entries } from '../../src/features/audit/nouns.ts'
import { settle } from '../../src/testing/settle.ts'
import { openSurface, tokenOf } from '../surface/test_server.ts'
import { password } from './letters.ts'
import { byHouse, peopled } from './several.ts'
import { founded, joined, membersOf, openStudio, type Person, person, place, said, type Studio } from './studio.ts'
import workshop from './workshop.ts'

const proofMs = 5 * 60_000

const erase = (who: Person) => who.ask('POST', 'auth/me/erase', {})
const boss = (run: Studio) => run.as(role('admin'))

async function idOf(who: Person): Promise<string> {
  return said<{ id: string }>(await who.ask('GET', 'auth/me'), 200).id
}

const login = async (run: Studio, { email }: Person): Promise<number> =>
  (await run.anonymous.request('POST', '/api/v1/auth/login', { body: { email, password } })).status

interface Told {
  readonly status: number
  readonly code: string
  readonly detail: string
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`whoever is in organizations goes out of each with their account, on ${engine}`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    const [first, second] = [await founded(ann, 'Wonder'), await founded(ann, 'Marvel')]
    await joined(run, ann, bob, first, 'editor')
    await joined(run, ann, bob, second, 'owner')
    const id = await idOf(bob)

    assert.equal((await erase(bob)).status, 204)

    for (const organization of [first, second])
      assert.deepEqual(
        (await membersOf(ann, organization)).map(({ email }) => email),
        ['ann@example.com'],
      )
    assert.equal((await bob.ask('GET', 'boards', undefined, first)).status, 401, 'nobody at once')
    assert.equal(await login(run, bob), 401)
    assert.equal((await boss(run).request('GET', `/api/v1/auth/accounts/${id}`)).status, 404)
    await run.settle()
    const [letter] = await run.mails()
    assert.deepEqual([letter?.to, letter?.subject], ['bob@example.com', 'Your account at studio was deleted'])
    const again = await person(run, 'bob@example.com')
    assert.notEqual(await idOf(again), id, 'the address is free, and gives nothing of what was')
    assert.equal((await again.ask('GET', `auth/organizations/${first}`)).status, 404)
  })

  test(`the last owner of an organization hands it over or closes it first, on ${engine}`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    const [mine, other] = [await founded(ann, 'Wonder'), await founded(bob, 'Marvel')]
    await joined(run, bob, ann, other)
    await joined(run, ann, bob, mine)
    const id = await idOf(ann)

    const [own, by] = [await erase(ann), await boss(run).request('POST', `/api/v1/auth/accounts/${id}/erase`)]
    for (const answer of [own, by]) {
      const { status, code, detail } = said<Told>(answer, 409)
      assert.deepEqual([status, code], [409, 'last_owner'])
      assert.match(detail, /“Wonder”/)
    }
    assert.equal((await membersOf(bob, other)).length, 2, 'nothing was begun')
    assert.equal(await login(run, ann), 200)

    const member = await place(ann, mine, bob)
    said(await ann.ask('POST', `auth/organizations/${mine}/set-role`, { member, role: 'owner' }), 204)
    const alone = await founded(ann, 'Alone')
    assert.equal((await erase(ann)).status, 409)
    said(await ann.ask('DELETE', `auth/organizations/${alone}`), 204)
    assert.equal((await erase(ann)).status, 204)
    assert.deepEqual(
      (await membersOf(bob, mine)).map(({ role }) => role),
      ['owner'],
    )
  })

  test(`of owners who end their accounts at once, one stays, on ${engine}`, async () => {
    await using run = await openStudio({ engine })
    const people = await Promise.all(['ann', 'bob', 'cid'].map((name) => person(run, `${name}@example.com`)))
    const [ann, ...others] = people
    assert.ok(ann)
    const [first, second] = [await founded(ann, 'Wonder'), await founded(ann, 'Marvel')]
    for (const who of others)
      for (const organization of [first, second]) await joined(run, ann, who, organization, 'owner')

    const statuses = await Promise.all(people.map(async (who) => (await erase(who)).status))

    assert.deepEqual(
      statuses.toSorted((a, b) => a - b),
      [204, 204, 409],
    )
    const left = people[statuses.indexOf(409)]
    assert.ok(left)
    for (const organization of [first, second])
      assert.deepEqual(
        (await membersOf(left, organization)).map(({ email, role }) => [email, role]),
        [[left.email, 'owner']],
      )
  })

  test(`an account ends by a fresh proof or by an administrator, who is none any more, on ${engine}`, async () => {
    await using run = await openStudio({ engine })
    const [ann, bob] = [await person(run, 'ann@example.com'), await person(run, 'bob@example.com')]
    const [annId, bobId] = [await idOf(ann), await idOf(bob)]
    const at = (id: string, what: string): string => `/api/v1/auth/accounts/${id}/${what}`
    run.clock.advance(proofMs + 1)
    assert.equal((await erase(ann)).status, 401)
    assert.equal((await ann.ask('POST', `auth/accounts/${bobId}/erase`)).status, 403)
    assert.equal((await ann.ask('POST', `auth/accounts/${annId}/erase`)).status, 403)
    assert.equal((await run.anonymous.request('POST', at(bobId, 'erase'))).status, 401)

    for (const id of [annId, bobId])
      said(await boss(run).request('POST', at(id, 'roles'), { body: { roles: ['admin'] } }), 200)
    const kept = said<Told>(await boss(run).request('POST', at(bobId, 'erase')), 409)
    assert.deepEqual([kept.code, /administrator/.test(kept.detail)], ['conflict', true])
    said(await boss(run).request('POST', at(bobId, 'roles'), { body: { roles: [] } }), 200)
    said(await boss(run).request('POST', at(bobId, 'erase')), 204)
    assert.equal(await login(run, bob), 401)
    assert.equal(await login(run, ann), 200)
  })

  test(`the audit has the places and the account in one entry of who ended it, on ${engine}`, async (t) => {
    const surface = await openSurface(workshop, engine)
    if ('skip' in surface) return t.skip(surface.skip)
    try {
      const { people } = await peopled(surface, 'wonder', ['owner', 'member'])
      const [, gone] = people
      assert.ok(gone)
      const as = tokenOf('admin', '01900000-0000-7000-8000-0000000000ff')

      const { status } = await surface.ask({ url: `/api/v1/auth/accounts/${gone.account}/erase`, method: 'POST', as })

      assert.equal(status, 204)
      await settle(surface.server.house.house)
      const found = await byHouse(surface, (tx) =>
        tx.find(entries, { operation: 'auth.accounts.erase' }, { limit: 100 }),
      )
      const deleted = found.filter(({ change }) => change === 'deleted').map(({ noun, row }) => `${noun} ${row}`)
      assert.deepEqual(deleted.toSorted(), [`plinth_accounts ${gone.account}`, `plinth_members ${gone.member}`])
      assert.equal(new Set(found.map(({ request }) => request)).size, 1)
    } finally {
      await surface.close()
    }
  })
}
