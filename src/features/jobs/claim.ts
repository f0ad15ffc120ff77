// Takes the next jobs of the queues for a worker: passing over what others have, and holding what must wait its turn.
import type { House } from '../../call/house.ts'
import { write } from '../../call/write.ts'
import { type Session, StoreError } from '../../store/contract.ts'
import { type Statements, statementsOf } from './prepared.ts'
import { jobOf, type JobRow } from './row.ts'

/** How many jobs of a queue a worker has room for. */
export interface Want {
  readonly queue: string
  readonly room: number
}

export interface Claimed {
  readonly jobs: readonly JobRow[]
  /** There may be more at once: as many were there as were looked at, and some of them are out of the way now. */
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
  const statements = statementsOf(house)
  const free: string[] = []
  const waits: Wait[] = []
  let isFull = false
  for (const { queue, room } of wants) {
    // A few more than there is room for, so that some that must wait do not hide those behind them.
    const most = room + extra
    const rows = await statements.candidates(session, { queue, most })
    const ready = rows.filter(([, before]) => before === null).map(([id]) => String(id))
    free.push(...ready.slice(0, room))
    for (const [id, before] of rows) if (before !== null) waits.push({ id: String(id), before: String(before) })
    isFull ||= rows.length === most
  }
  const jobs = free.length === 0 ? [] : await lend(house, session, worker, free)
  const held = waits.length === 0 ? 0 : await holdBack(statements, session, waits)
  return { jobs, isMore: isFull && jobs.length + held > 0 }
}

const extra = 10

async function lend(house: House, session: Session, worker: string, ids: readonly string[]): Promise<JobRow[]> {
  const now = house.clock.now().toISOString()
  const rows = await statementsOf(house).lend(session, { ids, worker, now })
  const place = new Map(ids.map((id, at) => [id, at]))
  return rows.map((row) => jobOf(house, row)).toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
}

interface Wait {
  readonly id: string
  readonly before: string
}

// Whoever ends the job before lets the next one go, because it sees the note. Where the note cannot be made, that job
// is being ended right now, and this one stays ready.
async function holdBack({ follow, hold }: Statements, session: Session, waits: readonly Wait[]): Promise<number> {
  const before = [...new Set(waits.map((wait) => wait.before))]
  const noted = new Set((await follow(session, { ids: before })).map(([id]) => String(id)))
  const ids = waits.filter((wait) => noted.has(wait.before)).map(({ id }) => id)
  if (ids.length === 0) return 0
  await hold(session, { ids })
  return ids.length
}
