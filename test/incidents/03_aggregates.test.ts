// Aggregates told hidden values elsewhere (CVE-2026-35442): a list has none, and does not look as if it had.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everybody, bureauSubject } from '../authorization/people.ts'
import { type Asking, openScene } from '../authorization/scene.ts'
import type { Said } from '../surface/test_server.ts'

const words = ['min', 'max', 'sum', 'avg', 'group', 'groupBy', 'aggregate', 'having', 'distinct', 'stats', 'facets']
const ways = ['cost', 'desk', 'hidden', 'key'].flatMap((field) => [
  ...words.flatMap((word) => [
    `${word}=${field}`,
    `${word}[${field}]=1`,
    `${field}[${word}]=1`,
    `aggregate[${word}]=${field}`,
  ]),
  `count=${field}`,
  `count[${field}]=exact`,
  `sort=${field}:max`,
  `fields=max(${field})`,
])

type Send = (asking: Asking) => Promise<Said>

/** The ways that are answered with anything but a refusal that names a parameter. */
async function answered(send: Send): Promise<string[]> {
  const found: string[] = []
  for (const person of everybody.filter(({ name }) => /ann|staff/.test(name))) {
    for (const way of ways) {
      const said = await send({ person, ask: { url: `/api/v1/dossiers?${way}` } })
      if (said.status !== 400 || said.json['code'] !== 'malformed') found.push(`${person.name}: ${way}: ${said.status}`)
    }
  }
  return found
}

test('no aggregate is asked for: none over a hidden field, and none over another', async () => {
  await using scene = await openScene(bureauSubject, 'sqlite')
  assert.ok(!('skip' in scene))

  assert.deepEqual(await answered((asking) => scene.send(asking)), [])
  assert.ok(ways.length > 150)
})

test('control: a list that ignores what it does not know is seen', async () => {
  await using scene = await openScene(bureauSubject, 'sqlite')
  assert.ok(!('skip' in scene))
  const ignoring: Send = ({ person, ask }) => scene.send({ person, ask: { ...ask, url: ask.url.split('?')[0]! } })

  assert.ok((await answered(ignoring)).length > 150)
})
