// What the outbox does beside the calls: one turn of it, and the loops that take turns.
import { eventLimits } from '../../base/limits.ts'
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { startLoop } from '../../call/loop.ts'
import { brokersOf } from './brokers/index.ts'
import { channels } from './channels.ts'
import { register } from './cursor.ts'
import { events } from './nouns.ts'
import { numbering } from './number.ts'
import { startSending } from './send.ts'
import { type Sequence, sequence } from './sequence.ts'

/** The order of all events. */
export const eventSequence = ({ engine }: House): Sequence => ({
  noun: events.name,
  wakes: channels.placed,
  fill: numbering(engine.dialect),
})

/** Has a cursor for each relay before the first event that it must see. */
export async function prepare(house: House): Promise<void> {
  await register(
    house,
    (await brokersOf(house)).map(({ name }) => name),
  )
}

/** Does what is due; answers how much it was. */
export async function turn(house: House): Promise<number> {
  return sequence(house, eventSequence(house))
}

/** Begins the loops. */
export async function start(house: House): Promise<Runner> {
  const order = eventSequence(house)
  const placing = startLoop(house, {
    name: 'sequence of events',
    channels: [channels.emitted],
    pauseMs: eventLimits.pauseMs,
    pollMs: eventLimits.pollMs,
    turn: async () => (await sequence(house, order)) === eventLimits.placedAtOnce,
  })
  const sending = (await brokersOf(house)).map((broker) => startSending(house, broker))
  return {
    stop: async () => {
      await Promise.all([placing, ...sending].map((runner) => runner.stop()))
    },
  }
}
