// Memory is given back once, when nothing is asked, and not while somebody is answered.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { collectAll, returnMemory } from './return_memory.ts'

const counted = (): { times: number; collect: () => void } => {
  const state = { times: 0, collect: () => void state.times++ }
  return state
}

test('what nobody holds any more is gone after it', async () => {
  const held: object[] = [{}]
  const [kept, dropped] = [new WeakRef(held[0]!), new WeakRef({})]
  await sleep(0) // a weak reference holds what it is of until the end of the turn

  collectAll()

  assert.equal(kept.deref(), held[0])
  assert.equal(dropped.deref(), undefined)
})

test('it happens once, when nothing is asked', async () => {
  const state = counted()
  returnMemory({ everyMs: 20, looks: 100, collect: state.collect })

  for (let waits = 0; waits < 200 && state.times === 0; waits++) await sleep(10)
  await sleep(100)

  assert.equal(state.times, 1)
})

test('it does not happen while there is always something to do', async () => {
  const state = counted()
  returnMemory({ everyMs: 20, looks: 10, collect: state.collect })

  const until = performance.now() + 400
  while (performance.now() < until) {
    const turn = performance.now() + 10
    while (performance.now() < turn);
    await new Promise((resolve) => void setImmediate(resolve))
  }
  await sleep(100)

  assert.equal(state.times, 0)
})
