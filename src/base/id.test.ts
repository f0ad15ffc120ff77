import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownedClock, systemClock } from './clock.ts'
import { createIds, idAt, idTime, isId } from './id.ts'
import { seededRandom, systemRandom } from './random.ts'

const start = '2026-01-01T00:00:00.000Z'

function isAscending(list: readonly string[]): boolean {
  return list.every((id, at) => at === 0 || id > (list[at - 1] ?? ''))
}

test('ids are UUIDs of version 7 that tell their time', () => {
  const clock = ownedClock(start)
  const id = createIds(clock, seededRandom(1))()
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(idTime(id), clock.ms())
})

test('ids ascend strictly while the clock runs, stands still and jumps back', () => {
  const clock = ownedClock(start)
  const next = createIds(clock, seededRandom(2))
  const made: string[] = []
  for (const step of [1, 0, 0, -3_600_000, 1, 60_000]) {
    clock.advance(step)
    for (let count = 0; count < 10_000; count++) made.push(next())
  }
  assert.ok(isAscending(made))
  assert.equal(new Set(made).size, made.length)
  // Negative control: with the counter left out the same ids are not in order.
  assert.equal(isAscending(made.map((id) => id.slice(0, 14) + id.slice(19))), false)
})

test('200,000 ids of the real clock ascend', () => {
  const next = createIds(systemClock, systemRandom)
  assert.ok(isAscending(Array.from({ length: 200_000 }, next)))
})

test('an overflowing counter borrows one millisecond, and gives it back', () => {
  const clock = ownedClock(start)
  const next = createIds(clock, seededRandom(3))
  const made = Array.from({ length: 4_096 }, next)
  assert.equal(idTime(made[0] ?? ''), clock.ms())
  assert.equal(idTime(made[2_000] ?? ''), clock.ms())
  assert.equal(idTime(made.at(-1) ?? ''), clock.ms() + 1)

  clock.advance(5)
  assert.equal(idTime(next()), clock.ms())
})

test('two processes do not make the same id', () => {
  const clock = ownedClock(start)
  const [one, other] = [createIds(clock, systemRandom), createIds(clock, systemRandom)]
  const made = Array.from({ length: 5_000 }, () => [one(), other()]).flat()
  assert.equal(new Set(made).size, made.length)
})

test('only the canonical form of a UUID is an id', () => {
  for (const version of [1, 2, 3, 4, 5, 6, 7, 8]) assert.ok(isId(`01a210ec-7dd3-${version}c71-b5bf-c42b392857a9`))
  const hostile = [
    '',
    '01A210EC-7DD3-7C71-B5BF-C42B392857A9',
    '01a210ec7dd37c71b5bfc42b392857a9',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '01a210ec-7dd3-9c71-b5bf-c42b392857a9',
    '01a210ec-7dd3-7c71-c5bf-c42b392857a9',
    '{01a210ec-7dd3-7c71-b5bf-c42b392857a9}',
    'urn:uuid:01a210ec-7dd3-7c71-b5bf-c42b392857a9',
    '01a210ec-7dd3-7c71-b5bf-c42b392857a9\n',
    '01a210ec-7dd3-7c71-b5bf-c42b392857a',
    'g1a210ec-7dd3-7c71-b5bf-c42b392857a9',
    '1',
    "' or 1=1 --",
    'a'.repeat(1e6),
  ]
  for (const text of hostile) assert.equal(isId(text), false, text.slice(0, 50))
  assert.throws(() => idTime('01a210ec-7dd3-4c71-b5bf-c42b392857a9'), TypeError)
})

test('the least id of a millisecond is above every id made before it, and below those of it', () => {
  const clock = ownedClock(start)
  const make = createIds(clock, systemRandom)
  const before = Array.from({ length: 100 }, make)
  clock.advance(1)

  const bound = idAt(clock.ms())

  assert.ok(isId(bound))
  assert.equal(idTime(bound), clock.ms())
  assert.ok(before.every((id) => id < bound))
  assert.ok(make() > bound)
})
