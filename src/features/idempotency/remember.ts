// The step that keeps the answer exactly as it is sent, in the commit that did the work, or in that of its refusal.
import { assert } from '../../base/assert.ts'
import { Problem } from '../../base/pure/problem.ts'
import type { Answer } from '../../call/call.ts'
import type { Keyed, Once, Sent } from '../../call/keyed.ts'
import { StoreError, type Transaction } from '../../store/contract.ts'
import { keptOf, sealKept } from './kept.ts'
import { type NewAnswer, statementsOf } from './statements.ts'

/** Keeps the outcome for the call's key, and sends what it keeps. Does nothing for a call without one. */
export function remember(once: Once): void | Promise<void> {
  const { ask, work } = once
  if (ask.keyed !== undefined && work !== undefined) return keep(once, ask.keyed, work.session)
}

async function keep(once: Once, keyed: Keyed, session: Transaction): Promise<void> {
  const { house, caller, now, result, answer } = once
  const outcome = result instanceof Problem ? result : answer
  assert(outcome !== undefined, 'what is remembered is decided')
  const sent = keyed.encode(outcome)
  assert(sent.status < 500, 'a failure of ours undoes the work, so there is nothing to remember')
  await insert(once, session, {
    id: house.id(),
    hash: keyed.hash,
    subject: caller.id,
    sealed: sealKept(house.keys, keyed, keptOf(keyed, sent, answer)),
    at: now.toISOString(),
  })
  once.answer = told(result, sent)
}

// A Problem is thrown by the walk, and the door writes it down as it was written down here.
const told = (result: unknown, sent: Sent): Answer | undefined =>
  result instanceof Problem ? undefined : { shape: 'sent', sent, isReplayed: false }

async function insert({ house }: Once, session: Transaction, row: NewAnswer): Promise<void> {
  const made = statementsOf(house).keep
  const done = await session.all(made.statement, made.values(row))
  if (done.length > 0) return
  // Only a twin in another process, whose commit this transaction's snapshot did not show, can have come first. Its
  // answer is the one that counts: the work is undone, and the next attempt finds it.
  throw new StoreError('serialization', 'A twin of this call was committed first.')
}
