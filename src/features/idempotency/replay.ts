// The step that looks first whether this was asked before: the lock makes waiting polite, the table knows the truth.
import { keyLimits } from '../../base/limits.ts'
import { Problem } from '../../base/pure/problem.ts'
import type { Keyed, Once, Sent } from '../../call/keyed.ts'
import type { Rows, Transaction } from '../../store/contract.ts'
import { showAgain } from './again.ts'
import { type Kept, openKept } from './kept.ts'
import { stillRunning } from './running.ts'
import { statementsOf } from './statements.ts'

/**
 * Decides the call where an earlier one with its key was answered, or runs: nothing is left to do then, and nothing of
 * this one is remembered. It comes first inside the transaction, and does nothing for a call without a key.
 */
export function replay(once: Once): void | Promise<void> {
  const { ask, work } = once
  if (ask.keyed !== undefined && work !== undefined) return look(once, ask.keyed, work.session)
}

async function look(once: Once, keyed: Keyed, session: Transaction): Promise<void> {
  const { find } = statementsOf(once.house)
  // Both in one flush; the second sees what the holder of the lock committed before the first was answered.
  const [isFree, rows] = await Promise.all([
    session.tryLock(`plinth key ${keyed.hash}`),
    session.all(find.statement, find.values(keyed.hash)),
  ])
  const found = await present(once, session, rows)
  if (found !== undefined) await answerAgain(once, keyed, found)
  else if (!isFree) decide(once, stillRunning())
}

/** The sealed answer. One that is past its time is taken away, so that this call's can have its place. */
async function present({ house, now }: Once, session: Transaction, rows: Rows): Promise<string | undefined> {
  const [row] = rows
  if (row === undefined) return undefined
  const [id, sealed, at] = row.map(String)
  if (Date.parse(at ?? '') + keyLimits.keptMs > now.getTime()) return sealed
  await statementsOf(house).rows.delete(session, id ?? '')
  return undefined
}

async function answerAgain(once: Once, keyed: Keyed, sealed: string): Promise<void> {
  const kept = openKept(once.house.keys, keyed, sealed)
  if (kept === undefined) return decide(once, unreadable(once, keyed))
  if (kept.fingerprint !== keyed.fingerprint) return decide(once, otherAsked())
  const sent = await whole(once, keyed, kept)
  once.result = undefined
  once.answer = { shape: 'sent', sent, isReplayed: true }
  once.isOver = true
}

function decide(once: Once, problem: Problem): void {
  once.result = problem
  once.isOver = true
}

/** The answer as it was; a row that was too large to keep as it is now, and left out where it is gone. */
async function whole(once: Once, { encode }: Keyed, { sent, again }: Kept): Promise<Sent> {
  const row = again && (await showAgain(once, again))
  if (row === undefined) return sent
  const { headers, body, type } = encode(row)
  return { status: sent.status, headers: { ...sent.headers, ...headers }, body, type }
}

const otherAsked = (): Problem =>
  new Problem('invalid', 'This Idempotency-Key came with another request before; make a new key for a new request.')

// That it was done is certain, and what was answered is not: doing it again would be the worse mistake.
function unreadable({ house }: Once, { hash }: Keyed): Problem {
  house.log.error({ hash }, 'A remembered answer cannot be opened: its secret is gone, or its row was changed.')
  return new Problem('conflict', 'This was done before; its answer cannot be read any more.')
}
