// Takes the next jobs of the queues for a worker, passing over what others have and what must wait its turn.
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import { type Session, StoreError } from '../../store/contract.ts'
import { statementsOf } from './prepared.ts'
import { jobOf, type JobRow } from './row.ts'

/** How many jobs of a queue a worker has room for. */
export interface Want {
  readonly queue: string
  readonly room: number
}

export interface Claimed {
  readonly jobs: readonly JobRow[]
  /** There may be more at once: as many were there as were wanted. */
  readonly isMore: boolean
}

/** Claims that met another of the same line are tried again this often; the one they met is seen then. */
const tries = 5

/** Lends jobs to the worker, in order. Fails as `Engine.write` does. */
export async function claim(house: House, worker: string, wants: readonly Want[]): Promise<Claimed> {
  for (let left = tries; ; left--) {
    try {
      return await write(house, { name: 'jobs claim', isolation: 'locked' }, ({ session }) =>
        take(house, session, worker, wants),
      )
    } catch (error) {
      if (left > 0 && error instanceof StoreError && error.failure === 'unique') continue
      throw error
    }
  }
}

async function take(house: House, session: Session, worker: string, wants: readonly Want[]): Promise<Claimed> {
  const now = house.clock.now().toISOString()
  const jobs: JobRow[] = []
  let isMore = false
  for (const { queue, room } of wants) {
    const rows = await statementsOf(house).lend(session, { queue, most: room, worker, now })
    jobs.push(...rows.map((row) => jobOf(house, row)).toSorted(byPlace))
    isMore ||= rows.length === room
  }
  return { jobs, isMore }
}

const byPlace = (a: JobRow, b: JobRow): number => a.rank - b.rank || (a.id < b.id ? -1 : 1)
