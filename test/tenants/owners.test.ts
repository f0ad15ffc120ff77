// An organization has an owner always, also when its owners go at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { members } from 'plinth'
import { type Broken, brokenInvariants } from '../../src/call/invariants.ts'
import { byHouse, peopled, several } from './several.ts'
import { founded, joined, membersOf, openStudio, type Person, person, place, said } from './studio.ts'

test('the last owner neither leaves, nor is removed, nor becomes less', async () => {
  await using run = await openStudio()
  const ann = await person(run, 'ann@example.com')
  const organization = await founded(ann, 'Wonder')
  const member = await place(ann, organization, ann)
  const act = async (what: string, body?: object) =>
    (await ann.ask('POST', `auth/organizations/${organization}/${what}`, body)).status

  assert.equal(await act('leave'), 409)
  assert.equal(await act('remove', { member }), 409)
  assert.equal(await act('set-role', { member, role: 'admin' }), 409)
  assert.deepEqual(
    (await membersOf(ann, organization)).map(({ role }) => role),
    ['owner'],
  )
})

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`on ${engine}: of owners who all go at once, one stays`, async () => {
    await using run = await openStudio({ engine })
    const people = await Promise.all(['ann', 'bob', 'cid', 'dan'].map((name) => person(run, `${name}@example.com`)))
    const [ann] = people
    assert.ok(ann)
    const organization = await founded(ann, 'Wonder')
    for (const who of people.slice(1)) await joined(run, ann, who, organization, 'owner')
    const places = await Promise.all(people.map((who) => place(ann, organization, who)))
    const at = `auth/organizations/${organization}`

    const goings = people.flatMap((who, n) => [
      who.ask('POST', `${at}/leave`),
      who.ask('POST', `${at}/set-role`, { member: places[n], role: 'member' }),
      who.ask('POST', `${at}/remove`, { member: places[(n + 1) % places.length] }),
    ])
    const answers = await Promise.all(goings)

    assert.ok(answers.every(({ status }) => [204, 403, 404, 409, 422].includes(status)))
    const left = await rolesOf(people)
    assert.equal(left.filter((role) => role === 'owner').length, 1, left.join(' '))
  })
}

async function rolesOf(people: readonly Person[]): Promise<string[]> {
  const lists = await Promise.all(people.map((one) => one.ask('GET', 'auth/organizations')))
  return lists.flatMap((list) => said<{ data: { role: string }[] }>(list, 200).data.map(({ role }) => role))
}

test('control: who counts the owners without the lock takes the last one, and the invariant says so', async (t) => {
  const scene = await several([(engine) => engine])
  if ('skip' in scene) return t.skip(scene.skip)
  try {
    const [surface] = scene.surfaces
    const { people, organization } = await peopled(surface!, 'wonder', ['owner', 'owner'])
    const counted = Promise.withResolvers<void>()
    const waiting = { for: 2 }
    const goAway = ({ member }: (typeof people)[number]): Promise<void> =>
      byHouse(surface!, async (tx) => {
        const owners = await tx.find(members, { organization, role: 'owner' })
        if (--waiting.for === 0) counted.resolve()
        await counted.promise
        if (owners.length > 1) await tx.delete(members, member)
      })
    const broken = (): Promise<readonly Broken[]> => brokenInvariants(surface!.server.house.house)
    assert.deepEqual(await broken(), [])

    await Promise.all(people.map(goAway))

    assert.deepEqual(await broken(), [
      { name: 'every organization has an owner', why: `the organization ${organization} has none` },
    ])
  } finally {
    await scene.close()
  }
})
