// A type of content was read in two ways elsewhere (CVE-2025-32442 and three more): here a body is checked or refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bureauSubject } from '../authorization/people.ts'
import { openScene, type Scene } from '../authorization/scene.ts'
import type { Said } from '../surface/test_server.ts'

const json = 'application/json'
const types = [
  json,
  '',
  'json',
  '*/*',
  ...['Application/JSON', 'APPLICATION/JSON', ` ${json}`, `${json} `, `\t${json}`, `${json}\u00a0`, `${json}x`],
  `"${json}"`,
  `<${json}>`,
  ...[';', ' ;', ';;', '; charset=utf-8', ';charset="utf-8"', '; charset=utf-16', '; charset=', '; a=b', '/x'].map(
    (end) => `${json}${end}`,
  ),
  ...[`${json}, text/plain`, `text/plain, ${json}`, `text/plain; ${json}`, `text/plain;a=${json}`, 'text/plain'],
  ...['jsonp', 'json5', 'json-patch+json', 'vnd.api+json', 'x-json', 'merge-patch+json', 'ld+json', '*'].map(
    (name) => `application/${name}`,
  ),
  ...['text/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/octet-stream'],
  ...['application //json', 'application/ json', 'application\\json'],
]

/** Bodies that no field takes; whoever believes them has not checked them. */
const bodies = [
  '{"title":7,"rank":99}',
  '{"title":"x","rank":99}',
  '{"title":"x","isAdmin":true}',
  'title=x&rank=99',
  '',
]

type Send = (type: string, body: string) => Promise<Said>

const sendTo =
  (scene: Scene): Send =>
  (type, body) => {
    const person = scene.people.find(({ name }) => name.startsWith('ann'))!
    return scene.send({
      person,
      ask: { method: 'POST', url: '/api/v1/dossiers', headers: { 'content-type': type }, body },
    })
  }

async function taken(send: Send): Promise<string[]> {
  const found: string[] = []
  for (const type of types) {
    for (const body of bodies) {
      const { status } = await send(type, body)
      if (![400, 406, 415, 422].includes(status)) found.push(`${JSON.stringify(type)} ${body}: ${status}`)
    }
  }
  return found
}

test('a body of any spelling of its type is checked or refused', async () => {
  await using scene = await openScene(bureauSubject, 'sqlite')
  assert.ok(!('skip' in scene))
  const before = await scene.stored()

  assert.deepEqual(await taken(sendTo(scene)), [])
  assert.equal(await scene.stored(), before)
  assert.equal((await sendTo(scene)(json, '{"title":"good"}')).status, 201)
  assert.ok(new Set(types).size >= 40)
})

test('control: a check that is led by the header is seen', async () => {
  await using scene = await openScene(bureauSubject, 'sqlite')
  assert.ok(!('skip' in scene))
  const send = sendTo(scene)
  // The fault: one part of the server looks for exactly this type, and checks no other.
  const led: Send = (type, body) => (type === json ? send(type, body) : send(json, '{"title":"unchecked"}'))

  assert.ok((await taken(led)).length > 100)
})
