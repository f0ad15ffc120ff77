// Tries are counted before they are judged: of a thousand at once, no more are judged than the limit lets.
import { Problem } from '../../../base/pure/problem.ts'
import type { House } from '../../../call/house.ts'
import type { Tx } from '../../../define/tx.ts'
import { tries } from '../../accounts/index.ts'

export interface TryLimit {
  readonly most: number
  readonly windowMs: number
  /** From this try on, each waits twice as long after the one before: 1 s, 2 s, 4 s … */
  readonly slowFrom: number
}

/** Counts one try; undefined where it may be made, else the refusal, and nothing is counted. */
export async function takeTry(tx: Tx, house: House, what: string, limit: TryLimit): Promise<Problem | undefined> {
  const now = tx.now
  const key = keyOf(house, what)
  await tx.upsert(tries, [{ key, count: 0, startedAt: now, lastAt: now }], { by: ['key'], keep: true })
  const [row] = await tx.find(tries, { key })
  if (row === undefined) return undefined
  const { count, startedAt, lastAt } = await tx.lock(tries, row.id)
  const isOver = startedAt.getTime() + limit.windowMs <= now.getTime()
  const used = isOver ? 0 : count
  const waitMs = waitOf(limit, { used, startedMs: startedAt.getTime(), lastMs: lastAt.getTime() }) - now.getTime()
  if (waitMs > 0) return refused(waitMs)
  await tx.update(tries, row.id, { count: used + 1, startedAt: isOver ? now : startedAt, lastAt: now })
  return undefined
}

/** Forgets the tries: the right password came. */
export async function forgetTries(tx: Tx, house: House, what: string): Promise<void> {
  const [row] = await tx.find(tries, { key: keyOf(house, what) })
  if (row !== undefined) await tx.delete(tries, row.id)
}

interface Used {
  readonly used: number
  readonly startedMs: number
  readonly lastMs: number
}

/** When the next try may be made. */
function waitOf({ most, windowMs, slowFrom }: TryLimit, { used, startedMs, lastMs }: Used): number {
  if (used >= most) return startedMs + windowMs
  return used < slowFrom ? 0 : lastMs + 1_000 * 2 ** (used - slowFrom)
}

function refused(waitMs: number): Problem {
  const seconds = Math.ceil(waitMs / 1_000)
  const headers = { 'Retry-After': String(seconds) }
  return new Problem('rate_limited', `Too many tries; try again in ${seconds} s.`, { headers })
}

const keyOf = ({ keys }: House, what: string): string => keys.mac('tries', what)
