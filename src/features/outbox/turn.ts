// What the outbox does beside the calls: one turn of it, and the loops that take turns.
import { eventLimits } from '../../base/limits.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { type LoopOptions, startLoop } from '../../call/loop.ts'
import { brokersOf } from './brokers/index.ts'
import { channels } from './channels.ts'
import { register } from './cursor.ts'
import { forget } from './forget.ts'
import { cursorOf } from './handlers.ts'
import { events } from './nouns.ts'
import { numbering } from './number.ts'
import { relay } from './relay.ts'
import { startSending } from './send.ts'
import { type Sequence, sequence } from './sequence.ts'
import { skipForgotten } from './skip.ts'

/** The order of all events. */
export const eventSequence = (house: House): Sequence => ({
  noun: events.name,
  wakes: channels.placed,
  fill: numbering(house),
})

/** Has a cursor for each relay before the first event that it must see, and says that the relay is still known. */
export async function prepare(house: House): Promise<void> {
  const brokers = await brokersOf(house)
  const names = [...house.model.handlers.map(cursorOf), ...brokers.map(({ name }) => name)]
  await register(house, names)
  await skipForgotten(house, names)
}

/** Does what is due; answers how much it was. */
export async function turn(house: House): Promise<number> {
  return (await sequence(house, eventSequence(house))) + (await relay(house)) + (await forget(house))
}

/** Begins the loops. */
export async function start(house: House): Promise<Runner> {
  const order = eventSequence(house)
  const { pauseMs, pollMs, placedAtOnce, relayedAtOnce, forgetMs, forgottenAtOnce } = eventLimits
  const loops: LoopOptions[] = [
    {
      name: 'sequence of events',
      channels: [channels.emitted],
      pauseMs,
      pollMs,
      turn: async () => (await sequence(house, order)) === placedAtOnce,
    },
    {
      name: 'events to handlers',
      channels: [channels.placed],
      pauseMs: 0,
      pollMs,
      turn: async () => (await relay(house)) === relayedAtOnce,
    },
    {
      name: 'events to forget',
      channels: [],
      pauseMs: 0,
      pollMs: forgetMs,
      turn: async () => {
        await prepare(house)
        return (await forget(house)) === forgottenAtOnce
      },
    },
  ]
  const brokers = await brokersOf(house)
  const runners = [...loops.map((loop) => startLoop(house, loop)), ...brokers.map((one) => startSending(house, one))]
  return {
    stop: async () => {
      await Promise.all(runners.map((runner) => runner.stop()))
    },
  }
}
