// What is remembered of who calls: by whose it is, never from before a write, and never of nobody.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownedClock } from '../../base/clock.ts'
import { sessionLimits } from '../../base/identity_limits.ts'
import { Channels } from '../../store/channels.ts'
import { createMemory } from './memory.ts'

interface Session {
  readonly account: string | null
}

/** A memory of sessions, whose names begin with whose they are, with what was looked up. */
function scene(found = (name: string): Session | undefined => ({ account: name.split(' ')[0] ?? '' })) {
  const [channels, clock] = [new Channels(), ownedClock('2026-01-01T00:00:00.000Z')]
  const looks: string[] = []
  const state = { gate: Promise.resolve() }
  const engine = { listen: channels.listen.bind(channels) } as never // all that a memory asks of it
  const recall = createMemory(
    { engine, clock },
    ({ account }: Session) => account,
    async (name) => {
      looks.push(name)
      await state.gate
      return found(name)
    },
  )
  /** Asks for each, one after the other; answers which were looked up. */
  const looked = async (...names: string[]): Promise<string[]> => {
    looks.length = 0
    for (const name of names) await recall(name)
    return [...looks]
  }
  const wake = async (about?: string): Promise<void> => {
    channels.wake('sessions', about)
    await Promise.resolve()
  }
  return { recall, looked, wake, clock, looks, state }
}

const all = ['ann 1', 'ann 2', 'bob 1']

test('a write about one forgets what is theirs, and one about anything forgets all', async () => {
  const { looked, wake } = scene()
  assert.deepEqual(await looked(...all), all)
  assert.deepEqual(await looked(...all), [])

  await wake('ann')
  assert.deepEqual(await looked(...all), ['ann 1', 'ann 2'])
  await wake('cid')
  assert.deepEqual(await looked(...all), [])
  await wake()
  assert.deepEqual(await looked(...all), all)
})

test('that nothing was found, and what is nobody’s, is forgotten with any write', async () => {
  const { looked, wake } = scene((name) => (name.startsWith('gone') ? undefined : { account: null }))
  await looked('gone 1', 'program')
  assert.deepEqual(await looked('gone 1', 'program'), [])

  await wake('bob')

  assert.deepEqual(await looked('gone 1', 'program'), ['gone 1', 'program'])
})

test('what was looked up while it was written is not remembered, and what is another’s is', async () => {
  const { recall, looked, wake, state } = scene()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.gate = promise
  const before = Promise.all([recall('ann 1'), recall('bob 1')])
  await wake('ann')
  resolve()
  await before

  assert.deepEqual(await looked('ann 1', 'bob 1'), ['ann 1'])
})

test('no more are kept than the limit, the oldest go first, and a second is the end of each', async () => {
  const { looked, wake, clock } = scene()
  const many = Array.from({ length: sessionLimits.remembered + 1 }, (_, n) => `p${n} 1`)
  await looked(...many)

  assert.deepEqual(await looked(many.at(-1)!, many[1]!), [])
  assert.deepEqual(await looked(many[0]!), [many[0]])
  await wake(many[0]!.split(' ')[0])
  assert.deepEqual(await looked(many[0]!), [many[0]])
  clock.advance(sessionLimits.rememberedMs)
  assert.deepEqual(await looked(many.at(-1)!), [many.at(-1)])
})
