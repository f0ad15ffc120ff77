// Hands events to the handlers: one job for each of them, promised in the transaction that moves their cursors.
import { eventLimits } from '../../base/limits.ts'
import { system } from '../../call/caller.ts'
import { fromInside } from '../../call/deed.ts'
import type { House } from '../../call/house.ts'
import { workOf } from '../../call/transact.ts'
import { write } from '../../call/write.ts'
import type { Handler } from '../../define/event.ts'
import { type Asked, enqueueAll } from '../jobs/index.ts'
import { isBehind, moveAll, positionsOf } from './cursor.ts'
import { deliver } from './deliver.ts'
import { cursorOf, handlersOf } from './handlers.ts'
import { ENDLESS, eventsIn, type Kept } from './kept.ts'

/**
 * Promises the jobs of the next events, and answers how many events that were; 0 too where another process is at it.
 * The jobs and the cursors commit together, so each handler gets each event once. Fails as `Engine.write` does.
 */
export async function relay(house: House): Promise<number> {
  const { handlers } = house.model
  const names = handlers.map(cursorOf)
  if (names.length === 0 || !(await isBehind(house, names))) return 0
  return write(house, { name: 'relay events', isolation: 'locked' }, async (open) => {
    const { session } = open
    if (!(await session.tryLock('plinth relay events'))) return 0
    const positions = await positionsOf(house, session, names)
    const range = { from: Math.min(...positions.values()) + 1, to: ENDLESS }
    const events = await eventsIn(session, house.engine.dialect, range, eventLimits.relayedAtOnce)
    const last = events.at(-1)
    if (last === undefined) return 0
    const work = workOf(house, open, { operation: 'relay of events', caller: system(null), origin: fromInside })
    const asked = events.flatMap((event) =>
      handlersOf(house, event.name)
        .filter((handler) => (positions.get(cursorOf(handler)) ?? Infinity) < event.position)
        .map((handler) => delivery(event, handler)),
    )
    if (asked.length > 0) await enqueueAll(work, asked)
    await moveAll(house, session, { names, position: last.position })
    return events.length
  })
}

/** The job that hands an event to a handler. Those of one row and one name of handler run one after the other. */
export function delivery({ id, name, noun, row, number, at, data, tenant, request }: Kept, handler: Handler): Asked {
  return {
    job: deliver,
    input: { handler: handler.name, name, event: id, row, number, at, data: JSON.parse(data) },
    options: { inOrder: `${handler.name} ${noun} ${row}`, tenant, request },
  }
}
