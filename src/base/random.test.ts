import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom, systemRandom } from './random.ts'

test('one seed is one sequence, and neighbours are others', () => {
  const take = (seed: number): string => Buffer.from(seededRandom(seed).bytes(16)).toString('hex')
  assert.equal(take(7), take(7))
  assert.equal(new Set([0, 1, 2, 3, -1, 2 ** 31, 12_345].map(take)).size, 7)
})

test('fractions are within [0, 1) and spread out', () => {
  for (const random of [seededRandom(1), systemRandom]) {
    const list = Array.from({ length: 10_000 }, () => random.fraction())
    assert.ok(list.every((value) => value >= 0 && value < 1))
    for (let tenth = 0; tenth < 10; tenth++) {
      const count = list.filter((value) => Math.floor(value * 10) === tenth).length
      assert.ok(count > 800 && count < 1_200, `${count} in tenth ${tenth}`)
    }
  }
})

test('every byte value appears', () => {
  for (const random of [seededRandom(1), systemRandom]) assert.equal(new Set(random.bytes(20_000)).size, 256)
  assert.equal(systemRandom.bytes(0).length, 0)
})
