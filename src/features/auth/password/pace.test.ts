// A crowd begins little by little: between two steps the event loop hears whoever else has come.
import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createPace } from './pace.ts'

/** How many of a crowd have begun after each turn of the event loop, until all have. */
async function begunByTurn(perTurn: number, count: number): Promise<{ turns: number[]; order: number[] }> {
  const pace = createPace(perTurn)
  const order: number[] = []
  const crowd = Array.from({ length: count }, async (_, n) => {
    await pace()
    order.push(n)
  })
  const turns: number[] = []
  await Promise.resolve() // those that began at once have said so
  while (order.length < count) {
    turns.push(order.length)
    await setImmediate()
  }
  await Promise.all(crowd)
  return { turns, order }
}

describe('a pace', () => {
  test('begins so many in a turn of the event loop, in the order they came', async () => {
    const { turns, order } = await begunByTurn(2, 9)

    deepEqual(turns, [2, 4, 6, 8])
    deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('control: with room for all of them the whole crowd begins in one turn', async () => {
    deepEqual((await begunByTurn(9, 9)).turns, [])
  })

  test('who comes while others wait goes behind them; when nobody waits there is room at once', async () => {
    const pace = createPace(1)
    const order: string[] = []
    const asked = ['first', 'second'].map(async (name) => {
      await pace()
      order.push(name)
    })
    await setImmediate()
    asked.push(Promise.resolve(pace()).then(() => void order.push('late')))
    await Promise.all(asked)
    deepEqual(order, ['first', 'second', 'late'])

    for (let turn = 0; turn < 3; turn++) await setImmediate()
    equal(pace(), undefined)
  })
})
