// Sets jobs aside that must wait for another of their line, so that no claim looks at them again and again.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import { statementsOf } from './prepared.ts'

/**
 * Holds some of a queue's jobs; answers how many. Whoever ends the job before one lets it go, because it sees the note
 * that somebody waits. Where the note cannot be made, that job is being ended right now, and this one stays ready.
 */
export async function hold(house: House, queue: string): Promise<number> {
  const statements = statementsOf(house)
  return write(house, { name: 'jobs hold', isolation: 'locked' }, async ({ session }) => {
    const waits = await statements.waiting(session, { queue, most: jobLimits.lookedAt })
    if (waits.length === 0) return 0
    const before = [...new Set(waits.map(([, one]) => String(one)))]
    const noted = new Set((await statements.follow(session, { ids: before })).map(([id]) => String(id)))
    const ids = waits.filter(([, one]) => noted.has(String(one))).map(([id]) => String(id))
    if (ids.length > 0) await statements.hold(session, { ids })
    return ids.length
  })
}
