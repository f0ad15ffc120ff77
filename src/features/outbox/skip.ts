// A relay that was away for longer than events are kept: what it missed is said, and passed over.
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import { quote } from '../../store/layout.ts'
import { lastPlace, moveAll, positionsOf } from './cursor.ts'
import { events } from './nouns.ts'

const firstKept = {
  text:
    `select coalesce((select min("position") from ${quote(events.name)} where "position" is not null), ` +
    `${lastPlace} + 1)`,
  reads: ['int'] as const,
}

/** Moves these relays up to the first event that is kept, and warns where that passes over events they never got. */
export async function skipForgotten(house: House, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const skipped = await write(house, { name: 'skip forgotten events', isolation: 'locked' }, async ({ session }) => {
    const positions = await positionsOf(house, session, names)
    const [[first] = []] = await session.all(firstKept, [])
    const last = Number(first) - 1
    const late = [...positions].filter(([, position]) => position < last)
    if (late.length > 0) await moveAll(house, session, { names: late.map(([name]) => name), position: last })
    return late.map(([relay, position]) => ({ relay, from: position + 1, to: last }))
  })
  for (const gap of skipped) {
    house.log.warn(gap, 'A relay was away for longer than events are kept: it never gets those of these places.')
  }
}
