// Bodies that try to set more than a client may: every operation that takes one, with whatever might be believed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bureauSubject, idOf } from '../authorization/people.ts'
import { type Asking, type EngineName, openScene, type Scene, type Subject } from '../authorization/scene.ts'

const words =
  'rank hidden worth label writer organization level id createdAt updatedAt version owner tenant role roles isAdmin ' +
  'admin verified verifiedAt passwordHash caller sub userId me $set __proto__ constructor prototype RANK rank.0 title[]'
const keys = [...words.split(' '), 'rank ', '']
const values = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null), fc.constant(idOf(1)), fc.object())

/** Bodies that are right but for one key. */
function operations(scene: Scene): Asking[] {
  const by = (name: string) => scene.people.find((one) => one.name.startsWith(name))!
  const own = scene.world.get('dossiers')!.find(({ writer, state }) => writer === by('ann').id && state === 'draft')!.id
  const red = scene.world.get('papers')!.find(({ writer }) => writer === by('ann').id)!.id
  const account = { email: 'new@example.com', password: 'seven wild geese fly north' }
  return [
    { person: by('ann'), ask: { method: 'POST', url: '/api/v1/dossiers', body: { title: 'New' } } },
    { person: by('ann'), ask: { method: 'PATCH', url: `/api/v1/dossiers/${own}`, body: { title: 'New' } } },
    { person: by('ann'), ask: { method: 'PUT', url: `/api/v1/dossiers/${own}`, body: { title: 'New' } } },
    { person: by('cat'), ask: { method: 'POST', url: `/api/v1/dossiers/${own}/judge`, body: { verdict: 'New' } } },
    { person: by('ann'), ask: { method: 'POST', url: '/api/v1/papers', body: { name: 'New' } } },
    { person: by('ann'), ask: { method: 'PATCH', url: `/api/v1/papers/${red}`, body: { name: 'New' } } },
    { person: by('ann'), ask: { method: 'PATCH', url: `/api/v1/people/${by('ann').id}`, body: { name: 'New' } } },
    { person: by('anonymous'), ask: { method: 'POST', url: '/api/v1/letters', body: { body: 'New' } } },
    { person: by('anonymous'), ask: { method: 'POST', url: '/api/v1/auth/register', body: account } },
  ]
}

/** Tries bodies until one is taken. Fails with it. */
export async function setNothing(
  engine: EngineName,
  runs: number,
  subject: Subject = bureauSubject,
): Promise<string | undefined> {
  await using scene = await openScene(subject, engine)
  if ('skip' in scene) return scene.skip
  const before = await scene.stored()
  const asked = fc.record({
    asking: fc.constantFrom(...operations(scene)),
    key: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...keys) }, fc.string({ minLength: 1, maxLength: 12 })),
    value: values,
    inBatch: fc.boolean(),
  })
  const property = fc.asyncProperty(asked, async ({ asking: { person, ask }, key, value, inBatch }) => {
    const { method, url: path } = ask
    // Written by hand, so that `__proto__` is a key like any other.
    const plain = JSON.stringify(ask.body)
    fc.pre(!isOfClients(plain, path, key))
    const body = `${plain.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(value)}}`
    const batch = `{"operations":[{"method":"${method}","path":"${path}","body":${body}}]}`
    const headers = { 'content-type': 'application/json' }
    const isBatch = inBatch && !path.includes('register')
    const sent = isBatch ? { method: 'POST', url: '/api/v1/batch', headers, body: batch } : { ...ask, headers, body }
    const said = await scene.send({ person, ask: sent })
    assert.ok([400, 422].includes(said.status), `${method} ${path} ${body}: ${said.status}`)
  })
  await fc.assert(property, { numRuns: runs, endOnFailure: true })
  assert.equal(await scene.stored(), before)
  return undefined
}

/** Fields that a client sets, here or in another of the resources. */
const clients = new Set([
  'title',
  'name',
  'body',
  'state',
  'desk',
  'verdict',
  'reviewer',
  'cost',
  'key',
  'lines',
  'phone',
])

const isOfClients = (plain: string, path: string, key: string): boolean =>
  clients.has(key) ||
  ['margin', 'parent', 'stamped', 'profile'].includes(key) ||
  plain.includes(`"${key}":`) ||
  path === key

/** Registers the tests. */
export function serverFieldTests(runs: number): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    void test(`no body sets more than a client may set, on ${engine}`, async (t) => {
      const skip = await setNothing(engine, runs)
      if (skip !== undefined) t.skip(skip)
    })
  }
}
