// Broker suite: events on their way to a real broker through a cable that is cut and held, and what a receiver gets.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { House } from '../../../call/house.ts'
import type { Rows } from '../../../store/contract.ts'
import { type Proxy, startProxy } from '../../../store/postgres/test_proxy.ts'
import { type ModelScene, onBothEngines } from '../../../store/suite/test_model.ts'
import { register } from '../cursor.ts'
import { startSending } from '../send.ts'
import { sequence } from '../sequence.ts'
import { houseWithOutbox, inTx, makePosts, model, posted, type PostId } from '../test_scene.ts'
import { eventSequence } from '../turn.ts'
import type { Broker, Link } from './broker.ts'
import { brokers, type Received, type TestBroker } from './test_brokers.ts'

/** How often and how long the cable is out. */
export interface Outages {
  readonly times: number
  readonly lastMs: number
}

/** Registers the suite for both engines and both brokers; a broker that does not answer is skipped by name. */
export function outageSuite(outages: Outages): void {
  for (const [name, open] of Object.entries(brokers)) {
    onBothEngines(`events to ${name}`, model, (it) => {
      it('all arrive, in the order of their row, though the cable is cut and held', async (scene, t) => {
        const broker = await open()
        if ('skip' in broker) return t.skip(broker.skip)
        try {
          const journey = await throughOutages(scene, broker, outages, (link) => link)
          await delivered(journey)
          assert.ok(journey.opened() > outages.times, 'every outage cost a connection')
        } finally {
          await broker.drop()
        }
      })

      it('control: a relay that does not wait for the confirmation loses events', async (scene, t) => {
        const broker = await open()
        if ('skip' in broker) return t.skip(broker.skip)
        try {
          const short = { times: 1, lastMs: 150 }
          const journey = await throughOutages(scene, broker, short, careless)
          await assert.rejects(delivered(journey, 300), assert.AssertionError)
        } finally {
          await broker.drop()
        }
      })
    })
  }
}

const careless = (link: Link): Link => ({
  ...link,
  send: async (message) => void link.send(message).catch(() => {}),
})

interface Journey {
  readonly house: House
  readonly received: readonly Received[]
  readonly rolledBack: readonly number[]
  /** Connections that were opened. */
  opened(): number
  /** Sequences and sends until told to stop. */
  readonly stop: () => Promise<void>
}

async function throughOutages(
  scene: ModelScene,
  broker: TestBroker,
  { times, lastMs }: Outages,
  change: (link: Link) => Link,
): Promise<Journey> {
  const house = { ...houseWithOutbox(scene), model: { ...model, name: broker.app } }
  const proxy = await startProxy(broker.url)
  const real = await broker.at(proxy.url)
  const state = { opened: 0 }
  const open = async (): Promise<Link> => {
    const link = change(await real.open())
    state.opened++
    return link
  }
  const sent: Broker = { name: real.name, open }
  await register(house, [sent.name])
  const sending = startSending(house, sent)
  const writing = startWriting(house, await makePosts(house, 5))
  for (let outage = 0; outage < times; outage++) {
    const came = broker.received.length
    await until(() => broker.received.length > came)
    await out(proxy, outage % 2 === 0 ? 'hold' : 'cut', async () => {
      const before = (await all(house)).length
      await sleep(lastMs)
      await until(async () => (await all(house)).length >= before + 10) // something is on its way meanwhile
    })
  }
  const rolledBack = await writing.stop()
  const stop = async (): Promise<void> => {
    await sending.stop()
    proxy.close()
  }
  return { house, received: broker.received, rolledBack, opened: () => state.opened, stop }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await isSo()) && waited < 5_000; waited += 5) await sleep(5)
}

async function out(proxy: Proxy, how: 'cut' | 'hold', meanwhile: () => Promise<void>): Promise<void> {
  proxy.mode = how
  if (how === 'cut') proxy.cutAll()
  await meanwhile()
  proxy.cutAll() // the cable that comes back is another connection
  proxy.mode = 'pass'
}

interface Writing {
  /** Answers what was told in transactions that were rolled back. */
  stop(): Promise<number[]>
}

/** Emits until it is stopped, and rolls every tenth transaction back. */
function startWriting(house: House, rows: readonly PostId[]): Writing {
  const state = { isOver: false }
  const rolledBack: number[] = []
  const run = async (): Promise<void> => {
    for (let n = 1; !state.isOver; n++) {
      const row = rows[n % rows.length]!
      const work = inTx(house, async (tx) => {
        await tx.emit(posted, row, { n })
        if (n % 10 === 0) throw new Error('rolled back')
      })
      await work.catch(() => rolledBack.push(n))
      if (n % 7 === 0) await sequence(house, eventSequence(house))
      await sleep(4)
    }
    await sequence(house, eventSequence(house))
    house.engine.wake('places')
  }
  const running = run()
  return {
    stop: async () => {
      state.isOver = true
      await running
      return rolledBack
    },
  }
}

/** Waits until everything has arrived, then judges what has. */
async function delivered({ house, received, rolledBack, stop }: Journey, patienceMs = 40_000): Promise<void> {
  const committed = await all(house)
  const missing = (): number => committed.length - new Set(received.map(({ id }) => id)).size
  for (let waited = 0; missing() > 0 && waited < patienceMs; waited += 20) await sleep(20)
  await stop()
  const ids = committed.map(([id]) => String(id))
  const firsts = new Map<string, Received>()
  for (const one of received) if (!firsts.has(one.id)) firsts.set(one.id, one)
  const first = [...firsts.values()]
  assert.deepEqual(first.map(({ id }) => id).toSorted(), ids.toSorted())
  assert.ok(rolledBack.length > 0 && ids.length > 0)
  const numbers = new Set(received.map(({ body }) => (body['data'] as { n: number }).n)) // as these tests emit it
  assert.deepEqual(
    rolledBack.filter((n) => numbers.has(n)),
    [],
  )
  for (const subject of new Set(first.map(({ body }) => body['subject']))) {
    const own = first.filter(({ body }) => body['subject'] === subject).map(({ body }) => Number(body['sequence']))
    assert.deepEqual(
      own,
      own.map((_, at) => at + 1),
    )
  }
  for (const again of received) assert.deepEqual(again.body, firsts.get(again.id)?.body)
}

async function all({ engine }: House): Promise<Rows> {
  const text = 'select "id" from plinth_events where "position" is not null order by "position"'
  return engine.query({ text, reads: ['uuid'] }, [])
}
