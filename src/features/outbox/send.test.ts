// Sending to a broker: the order of each row, what is sent again after a failure, and whose turn it is to send.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { House } from '../../call/house.ts'
import { onBothEngines } from '../../store/suite/test_model.ts'
import type { Broker, Link, Message } from './brokers/broker.ts'
import { advance, hold, register, release } from './cursor.ts'
import { Sender, sendInOrder } from './send.ts'
import { sequence } from './sequence.ts'
import { houseWithOutbox, inTx, makePosts, model, posted } from './test_scene.ts'
import { eventSequence } from './turn.ts'

const message = (key: string, position: number): Message => ({
  id: `${key}${position}`,
  event: 'posts.posted',
  key,
  position,
  at: new Date(0),
  body: '{}',
})

/** A broker that has what it was sent, unless it is told to refuse. */
function memory(refuses: (message: Message) => boolean = () => false): Memory {
  const has: Message[] = []
  const link: Link = {
    send: async (one) => {
      if (one.key === 'a') await sleep(1) // those of one row take longer than the others
      if (refuses(one)) throw new Error('refused')
      has.push(one)
    },
    close: async () => {},
  }
  const state = { opened: 0 }
  const open = async (): Promise<Link> => {
    state.opened++
    return link
  }
  return { name: 'memory', has, open, opened: () => state.opened }
}

interface Memory extends Broker {
  readonly has: readonly Message[]
  /** Connections opened so far. */
  opened(): number
}

const batch = [message('a', 1), message('b', 2), message('a', 3), message('a', 4), message('b', 5)]
const ofRow = ({ has }: Memory, key: string): number[] => has.filter((one) => one.key === key).map(placeOf)
const placeOf = ({ position }: Message): number => position

test('events of one row are sent one after the other, those of others beside them', async () => {
  const broker = memory()

  const { confirmed, failure } = await sendInOrder(await broker.open(), batch)

  assert.equal(failure, undefined)
  assert.equal(confirmed.size, 5)
  assert.deepEqual(ofRow(broker, 'a'), [1, 3, 4])
  assert.deepEqual(ofRow(broker, 'b'), [2, 5])
  assert.equal(broker.has[0]?.key, 'b')
})

test('after a refusal nothing later of that row is sent before it', async () => {
  const refused = new Set(['a1'])
  const broker = memory(({ id }) => refused.delete(id))
  const link = await broker.open()

  const { confirmed, failure } = await sendInOrder(link, batch)
  assert.match(String(failure), /refused/)
  assert.deepEqual([...confirmed], ['b2'])
  await sendInOrder(link, batch)

  assert.deepEqual([...new Set(ofRow(broker, 'a'))], [1, 3, 4])
})

test('control: sent all at once, the refused one would come after those that follow it', async () => {
  const refused = new Set(['a1'])
  const broker = memory(({ id }) => refused.delete(id))
  const link = await broker.open()

  await Promise.allSettled(batch.map((one) => link.send(one)))
  await Promise.allSettled(batch.map((one) => link.send(one)))

  assert.deepEqual([...new Set(ofRow(broker, 'a'))], [3, 4, 1])
})

onBothEngines('sending to a broker', model, (it) => {
  it('begins with the next event, and goes on where it was', async (scene) => {
    const { house, emit } = await emitting(houseWithOutbox(scene))
    const broker = memory()
    await emit()
    await register(house, [broker.name])
    await emit()
    await register(house, [broker.name]) // another start changes nothing
    const sender = new Sender(house, broker)

    await sender.turn()
    await emit()
    await sender.turn()
    await sender.turn()

    assert.deepEqual(broker.has.map(placeOf), [2, 3])
  })

  it('goes on over another connection after a failure, from the first that is not confirmed', async (scene) => {
    const { house, emit } = await emitting(houseWithOutbox(scene))
    const refused = new Set([3])
    const broker = memory(({ position }) => refused.delete(position))
    await register(house, [broker.name])
    for (let n = 0; n < 4; n++) await emit()
    const sender = new Sender(house, broker)

    await sender.turn()
    assert.deepEqual(broker.has.map(placeOf), [1, 2])
    await sender.turn()

    assert.deepEqual(broker.has.map(placeOf), [1, 2, 3, 4])
    assert.equal(broker.opened(), 2)
  })

  it('is done by one process at a time; another takes over when it has let go or is gone', async (scene) => {
    const { house } = await emitting(houseWithOutbox(scene))
    await register(house, ['memory'])
    const [one, two] = ['one', 'two'].map((holder) => ({ name: 'memory', holder }))

    assert.equal(await hold(house, one!, 60_000), 0)
    assert.equal(await hold(house, two!, 60_000), undefined)
    assert.equal(await hold(house, one!, 60_000), 0)
    await release(house, one!)
    await sleep(2)
    assert.equal(await hold(house, two!, 5), 0)
    await sleep(10)
    assert.equal(await hold(house, one!, 60_000), 0)
    // Whoever lost it may believe to have it still; its word does not count.
    assert.equal(await advance(house, two!, 7), false)
    assert.equal(await advance(house, one!, 5), true)
    assert.equal(await advance(house, one!, 4), false)
    assert.equal(await hold(house, one!, 60_000), 5)
  })
})

/** The house, and a way to emit an event that gets its place at once. */
async function emitting(house: House): Promise<{ readonly house: House; readonly emit: () => Promise<void> }> {
  const [post] = await makePosts(house, 1)
  const emit = async (): Promise<void> => {
    await inTx(house, (tx) => tx.emit(posted, post!, { n: 1 }))
    await sequence(house, eventSequence(house))
  }
  return { house, emit }
}
