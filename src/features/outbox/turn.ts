// What the outbox does beside the calls: one turn of it, and the loop that takes turns.
import type { Runner } from '../../call/feature.ts'
import type { House } from '../../call/house.ts'
import { startLoop } from '../../call/loop.ts'
import { channels } from './channels.ts'
import { events } from './nouns.ts'
import { numbering } from './number.ts'
import { ROWS_PER_TURN, type Sequence, sequence } from './sequence.ts'

/** The order of all events. */
export const eventSequence = ({ engine }: House): Sequence => ({
  noun: events.name,
  wakes: channels.placed,
  fill: numbering(engine.dialect),
})

/** Does what is due; answers how much it was. */
export async function turn(house: House): Promise<number> {
  return sequence(house, eventSequence(house))
}

/** Begins the loops. */
export function start(house: House): Runner {
  const order = eventSequence(house)
  return startLoop(house, {
    name: 'sequence of events',
    channels: [channels.emitted],
    pauseMs: 200,
    pollMs: 1_000,
    turn: async () => (await sequence(house, order)) === ROWS_PER_TURN,
  })
}
