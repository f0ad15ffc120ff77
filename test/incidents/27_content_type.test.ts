// A type of content was read in two ways elsewhere (CVE-2025-32442 and three more): here a body is checked or refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bureauSubject } from '../authorization/people.ts'
import { openScene, type Scene } from '../authorization/scene.ts'
import type { Said } from '../surface/test_server.ts'

const json = 'application/json'
/** `J` stands for the type that is meant; a bar parts them. */
const spellings =
  'J||json|*/*|Application/JSON|APPLICATION/JSON| J|J |' +
  'J;|J ;|J;;|J; charset=utf-8|J;charset="utf-8"|J; charset=utf-16|J; charset=|J; a=b|J/x|Jx|"J"|<J>|' +
  'J, text/plain|text/plain, J|text/plain; J|text/plain;a=J|text/plain|text/json|' +
  'application/jsonp|application/json5|application/json-patch+json|application/vnd.api+json|application/x-json|' +
  'application/merge-patch+json|application/ld+json|application/*|application/x-www-form-urlencoded|' +
  'multipart/form-data; boundary=x|application/octet-stream|application //json|application/ json|application\\json'
const types = [...spellings.split('|').map((one) => one.replace('J', json)), `\t${json}`, `${json}\u00a0`]

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
