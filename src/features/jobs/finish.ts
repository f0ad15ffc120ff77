// How a try ends: done, set aside, to be tried again, given back. Only the word of the job's last worker counts.
import { jobLimits } from '../../base/limits.ts'
import type { House } from '../../call/house.ts'
import type { Rows, Session } from '../../store/contract.ts'
import { statementsOf } from './prepared.ts'
import type { End, GiveBack, Lent } from './statements.ts'

/** Another worker has taken the job over: what this one did for it is not taken. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'

  constructor(id: string) {
    super(`The job ${id} is another worker's by now; what this one wanted to write is not written.`)
  }
}

/** Completes jobs in one statement; answers the ids of those that were still this worker's. */
export async function completeAll(house: House, session: Session, lent: readonly Lent[]): Promise<Set<string>> {
  const now = house.clock.now()
  const until = new Date(now.getTime() + jobLimits.keepDoneMs).toISOString()
  return ended(house, session, { lent, state: 'done', error: null, now: now.toISOString(), until })
}

/** Completes one job. Fails with LeaseLost, which undoes the transaction, when it is no longer this worker's. */
export async function complete(house: House, session: Session, lent: Lent): Promise<void> {
  if (!(await completeAll(house, session, [lent])).has(lent.id)) throw new LeaseLost(lent.id)
}

/** Sets a job aside for good, with the reason; false when it is no longer this worker's. */
export async function setAside(
  house: House,
  session: Session,
  lent: Lent,
  state: 'dead' | 'cancelled',
  error: string | null,
): Promise<boolean> {
  const now = house.clock.now()
  const until = new Date(now.getTime() + jobLimits.keepDeadMs).toISOString()
  return (await ended(house, session, { lent: [lent], state, error, now: now.toISOString(), until })).has(lent.id)
}

async function ended(house: House, session: Session, end: End): Promise<Set<string>> {
  return letNextGo(house, session, await statementsOf(house).end(session, end))
}

/** Gives a job back to be run again; false when it is no longer this worker's. */
export async function giveBack(house: House, session: Session, back: GiveBack): Promise<boolean> {
  const rows = await statementsOf(house).giveBack(session, back)
  return (await letNextGo(house, session, rows)).has(back.id)
}

// Rows of id, line, and whether others are held behind it.
async function letNextGo(house: House, session: Session, rows: Rows): Promise<Set<string>> {
  const lines = new Set(rows.filter(([, line, followed]) => line !== null && followed === true).map(([, line]) => line))
  for (const line of lines) await statementsOf(house).letGo(session, String(line))
  return new Set(rows.map(([id]) => String(id)))
}

/** Fails with LeaseLost when the job is no longer this worker's; else nobody takes it over before the commit. */
export async function holdLease(house: House, session: Session, lent: Lent): Promise<void> {
  const rows = await statementsOf(house).stillLent(session, lent)
  if (rows.length === 0) throw new LeaseLost(lent.id)
}
