// What waits for the end of a turn is called once, in order, after all that the turn still had to do.
import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { atEndOfTurn } from './outlive.ts'

test('calls come after the microtasks of their turn, in order, once', async () => {
  const order: string[] = []

  atEndOfTurn(() => order.push('first'))
  atEndOfTurn(() => order.push('second'))
  await Promise.resolve().then(() => order.push('microtask'))
  await nextTurn()
  await nextTurn()

  assert.deepEqual(order, ['microtask', 'first', 'second'])
})

test('a call that asks for another one has it in the next turn', async () => {
  const order: string[] = []

  atEndOfTurn(() => {
    order.push('first')
    atEndOfTurn(() => order.push('next'))
  })
  await nextTurn()
  assert.deepEqual(order, ['first'])
  await nextTurn()

  assert.deepEqual(order, ['first', 'next'])
})
