// Tries are counted before they are judged: of a thousand at once, no more are judged than the limit lets.
import { Problem } from '../../../base/pure/problem.ts'
import type { House } from '../../../call/house.ts'
import type { Row } from '../../../define/resource.ts'
import type { Tx } from '../../../define/tx.ts'
import { tries } from '../../accounts/index.ts'
import { isRecent } from '../recent.ts'
import { lockIfThere } from './lock_if_there.ts'

export interface TryLimit {
  readonly most: number
  readonly windowMs: number
  /** From this try on, each waits twice as long after the one before: 1 s, 2 s, 4 s … */
  readonly slowFrom: number
}

/** What is tried, and at whom, where there may be several counts of tries at one. */
export interface Tried {
  readonly what: string
  readonly at: string
}

/** Counts one try; undefined where it may be made, else the refusal, and nothing is counted. */
export async function takeTry(
  tx: Tx,
  house: House,
  tried: string | Tried,
  limit: TryLimit,
): Promise<Problem | undefined> {
  const now = tx.now
  const { what, at } = typeof tried === 'string' ? { what: tried, at: undefined } : tried
  const row = await lockTries(tx, keyOf(house, what), at === undefined ? null : keyOf(house, at))
  // Swept away again and again: better to wait a second than to try for free.
  if (row === undefined) return refused(1_000)
  const { count, startedAt, lastAt } = row
  // Where the clock was set back since, the count begins anew: or it would keep the owner out for as long as that.
  const isOver =
    startedAt.getTime() + limit.windowMs <= now.getTime() ||
    !isRecent(startedAt.getTime(), now.getTime(), limit.windowMs)
  const used = isOver ? 0 : count
  const waitMs = waitOf(limit, { used, startedMs: startedAt.getTime(), lastMs: lastAt.getTime() }) - now.getTime()
  if (waitMs > 0) return refused(waitMs)
  await tx.update(tries, row.id, { count: used + 1, startedAt: isOver ? now : startedAt, lastAt: now })
  return undefined
}

/** The row, made if it is not there, and locked. A sweep may take it away in between, so it is asked for again. */
async function lockTries(tx: Tx, key: string, at: string | null): Promise<Row<typeof tries> | undefined> {
  const now = tx.now
  for (let round = 0; round < 3; round++) {
    await tx.upsert(tries, [{ key, at, count: 0, startedAt: now, lastAt: now }], { by: ['key'], keep: true })
    const [row] = await tx.find(tries, { key })
    const locked = row && (await lockIfThere(tx, tries, row.id))
    if (locked !== undefined) return locked
  }
  return undefined
}

/** Forgets the tries: the right password came. The row stays, because others may be waiting to count theirs in it. */
export async function forgetTries(tx: Tx, house: House, what: string): Promise<void> {
  const [found] = await tx.find(tries, { key: keyOf(house, what) })
  const row = found && (await lockIfThere(tx, tries, found.id))
  if (row !== undefined) await tx.update(tries, row.id, { count: 0, startedAt: tx.now })
}

/**
 * Reads a row and writes it, as counting a wrong password at an account does, where there is no account: the time of
 * the answer must not tell which it is.
 */
export async function touchTries(tx: Tx, house: House, what: string): Promise<void> {
  const [row] = await tx.find(tries, { key: keyOf(house, what) })
  if (row !== undefined) await tx.update(tries, row.id, { lastAt: tx.now })
}

/** Forgets every count of tries at one. */
export async function forgetTriesAt(tx: Tx, house: House, at: string): Promise<void> {
  let found = most
  while (found === most) {
    const rows = await tx.find(tries, { at: keyOf(house, at), count: { gt: 0 } }, { limit: most })
    for (const { id } of rows) {
      const row = await lockIfThere(tx, tries, id)
      if (row !== undefined) await tx.update(tries, row.id, { count: 0, startedAt: tx.now })
    }
    found = rows.length
  }
}

/** As many as one query answers. */
const most = 1_000

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
