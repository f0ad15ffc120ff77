// Refusals told what is there elsewhere (CVE-2025-64749): here the hidden is refused as the missing, byte by byte.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressesOf } from '../../src/doors/rest/address.ts'
import { isThere, type Person, type Row } from '../authorization/oracle.ts'
import { bureauSubject } from '../authorization/people.ts'
import { type Asking, type EngineName, openScene, type Scene } from '../authorization/scene.ts'
import type { Said } from '../surface/test_server.ts'

const missing = '01900000-0000-7000-8000-ffffffffffff'

interface Hidden {
  readonly person: Person
  readonly method: string
  readonly path: string
  readonly id: string
}

/** Every address of a row that is not there for somebody. */
function hiddenOf(scene: Scene): Hidden[] {
  const own = addressesOf(scene.model).filter(
    ({ operation, inverse }) => operation.scope === 'row' && inverse === undefined && operation.noun.table.length > 0,
  )
  return scene.people.flatMap((person) =>
    own.flatMap(({ operation, method, path }) => {
      const { resource, name } = operation.noun
      const verb = operation.verb === 'replace' ? 'update' : operation.verb
      const rules = verb === 'act' ? operation.action?.spec.allow : resource.spec.allow[verb]
      const isHidden = (row: Row): boolean => !isThere({ world: scene.world, person, noun: resource }, row, rules)
      const rows = (scene.world.get(name) ?? []).filter(isHidden).slice(0, 3)
      return rows.map(({ id }) => ({ person, method, path, id }))
    }),
  )
}

type Send = (asking: Asking) => Promise<Said>

/** Where the two refusals differ. */
async function told(scene: Scene, send: Send): Promise<{ asked: number; found: string[] }> {
  const found: string[] = []
  const hidden = hiddenOf(scene)
  for (const { person, method, path, id } of hidden) {
    const body =
      method === 'GET' || method === 'DELETE' ? {} : { body: { title: 'x', name: 'x', body: 'x', text: 'x' } }
    const say = async (which: string): Promise<string> => {
      const said = await send({ person, ask: { method, url: path.replace(':id', which), ...body } })
      const { date: _date, 'x-request-id': request = '', ...headers } = said.headers
      const text = said.text.replaceAll(which, 'ID').replaceAll(request, 'REQUEST')
      return JSON.stringify([said.status, headers, text])
    }
    const [here, there] = [await say(id), await say(missing)]
    if (here !== there) found.push(`${person.name}: ${method} ${path}: ${here} and ${there}`)
  }
  return { asked: hidden.length, found }
}

async function judge(
  engine: EngineName,
  make: (scene: Scene) => Send,
): Promise<{ asked: number; found: string[] } | string> {
  await using scene = await openScene(bureauSubject, engine)
  if ('skip' in scene) return scene.skip
  return await told(scene, make(scene))
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`what is hidden is refused as what is missing, byte by byte, on ${engine}`, async (t) => {
    const judged = await judge(engine, (scene) => (asking) => scene.send(asking))
    if (typeof judged === 'string') return t.skip(judged)

    assert.deepEqual(judged.found, [])
    assert.ok(judged.asked > 200, `${judged.asked} asked`)
  })
}

test('control: a refusal that tells is seen', async () => {
  const judged = await judge('sqlite', (scene) => async (asking) => {
    const said = await scene.send(asking)
    const isHidden = said.status === 404 && !asking.ask.url.includes(missing)
    return isHidden ? { ...said, status: 403 } : said
  })

  assert.ok(typeof judged !== 'string' && judged.found.length > 50)
})
