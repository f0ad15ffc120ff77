// The kit: what it boots, whom it calls as, and that its runs repeat.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { action, anyone, app, integer, owner, Problem, ref, resource, role, signedIn, text, timestamp } from 'plinth'
import { member, ProblemError, refused, testApp } from './index.ts'

const staff = role('staff')
const people = resource('people', {
  fields: { name: text() },
  owner: 'id',
  allow: { list: [owner, staff], read: [owner, staff] },
})
const notes = resource('notes', {
  fields: {
    writer: ref(people, { readonly: true }),
    words: text({ max: 20 }),
    stars: integer({ default: 0 }),
    at: timestamp({ optional: true }),
  },
  owner: 'writer',
  allow: { list: [anyone], read: [anyone], create: [signedIn], update: [owner] },
})
const fail = action(notes, 'fail', {
  allow: [anyone],
  run: async () => {
    throw new TypeError('a fault of ours')
  },
})
const undocumented = action(notes, 'surprise', {
  allow: [anyone],
  run: async () => {
    throw new Problem({ code: 'surprised', status: 409, title: 'Nobody said so' }, 'Surprise.')
  },
})
const profile = { of: people, make: (id: string) => ({ name: id.slice(-4) }) }
const pad = app('pad', { people, notes, fail, undocumented }, { profile })

test('a boot after the first takes a fraction of a second', async () => {
  await (await testApp(pad, { engine: 'sqlite' })).close()

  // The least of five: what else the machine does is not the boot's doing.
  const took: number[] = []
  for (let round = 0; round < 5; round++) {
    const start = performance.now()
    await (await testApp(pad, { engine: 'sqlite' })).close()
    took.push(performance.now() - start)
  }
  await using booted = await testApp(pad, { engine: 'sqlite' })

  assert.ok(Math.min(...took) < 300, `${took.join(', ')} ms`)
  assert.deepEqual((await booted.anonymous.notes.list()).data, [])
})

test('two runs of one test have the same ids, times and bytes', async () => {
  const run = async (seed: number): Promise<string> => {
    await using pads = await testApp(pad, { seed })
    const note = await pads.as(member).notes.create({ words: 'a' })
    return JSON.stringify([note, (await pads.anonymous.request('GET', '/api/v1/notes?limit=1')).text])
  }

  const first = await run(1)

  assert.equal(await run(1), first)
  assert.notEqual(await run(2), first) // the control: another seed is another run
})

test('the clock stands until the test moves it', async () => {
  await using pads = await testApp(pad)
  const ann = pads.as(member)

  const note = await ann.notes.create({ words: 'a' })
  pads.clock.advance(1_500)
  const changed = await ann.notes.update(note.id, { words: 'b' })

  assert.equal(note.createdAt, '2026-01-01T00:00:00.000Z')
  assert.equal(changed.updatedAt, '2026-01-01T00:00:01.500Z')
})

test('each member is somebody else, and an id names the same one again', async () => {
  await using pads = await testApp(pad)
  const [ann, bob] = [pads.as(member), pads.as(member)]
  const note = await ann.notes.create({ words: 'a' })

  assert.equal(note.writer, ann.id)
  await refused(bob.notes.update(note.id, { words: 'b' }), 'forbidden')
  await pads.as(member, { id: ann.id }).notes.update(note.id, { words: 'c' })
})

test('a role has no row of its own, and nobody in particular has no id', async () => {
  await using pads = await testApp(pad)
  const boss = pads.as(staff)

  assert.deepEqual((await boss.people.list()).data, [])
  assert.equal(pads.anonymous.id, '')
  await refused(pads.anonymous.notes.create({ words: 'a' }), 'unauthenticated')
  await refused(boss.people.get(boss.id), 'not_found')
})

test('a refusal has a code and every wrong value, and another refusal fails the assertion', async () => {
  await using pads = await testApp(pad)
  const ann = pads.as(member)
  // @ts-expect-error -- stars are a number, and there is no colour
  const wrong = (): Promise<unknown> => ann.notes.create({ words: 'a', stars: 'many', colour: 'red' })

  const problem = await refused(wrong(), 'invalid', { '/stars': 'wrong_type', '/colour': 'unknown' })

  assert.ok(problem instanceof ProblemError)
  assert.equal(problem.status, 422)
  await assert.rejects(refused(wrong(), 'conflict'), assert.AssertionError)
  await assert.rejects(refused(wrong(), 'invalid', { '/stars': 'required' }), assert.AssertionError)
  await assert.rejects(refused(ann.notes.create({ words: 'a' }), 'invalid'), assert.AssertionError)
})

test('a raw request is answered with whatever comes back', async () => {
  await using pads = await testApp(pad)

  const answer = await pads
    .as(member)
    .request('POST', '/api/v1/notes', { body: '{"words":', headers: { 'X-Request-Id': 'mine' } })

  assert.equal(answer.status, 400)
  assert.equal(answer.headers.get('X-Request-Id'), 'mine')
  assert.match(answer.text, /"code":"malformed"/)
})

test('the log is kept in lines', async () => {
  await using pads = await testApp(pad)
  const note = await pads.make(notes)

  await refused(pads.anonymous.notes.fail(note.id), 'internal')

  assert.ok(pads.log.some((line) => line.level === 'error' && JSON.stringify(line).includes('a fault of ours')))
})

test('an answer that the contract does not know fails the test that asked for it', async () => {
  await using pads = await testApp(pad)
  const note = await pads.make(notes)

  // The app throws a problem whose code it never declared.
  await assert.rejects(pads.anonymous.notes.surprise(note.id), /not as the contract says/)
})

test('a resource that a caller could not reach stops the boot', async () => {
  const token = resource('token', { fields: { name: text() }, allow: { list: [anyone] } })

  await assert.rejects(testApp(app('hidden', { token })), /a caller of the kit has a member "token"/)
})

test('a budget of requests holds only where the test asks for one', async () => {
  await using pads = await testApp(pad, { rateLimit: 2 })
  const ann = pads.as(member)
  await ann.notes.list()
  await ann.notes.list()

  await refused(ann.notes.list(), 'rate_limited')
  pads.clock.advance(60_000)
  await ann.notes.list()
})
