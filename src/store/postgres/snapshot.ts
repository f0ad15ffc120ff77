// Several reads over one snapshot: REPEATABLE READ on a lent connection, begun with the first of them.
import type { Session } from '../contract.ts'
import { lend, type Pool } from './pool.ts'
import type { Stop } from './stop.ts'
import { OpenTransaction } from './transaction.ts'

const BEGIN = 'begin isolation level repeatable read read only'

/** Runs `work` over one snapshot. When the connection is lost before anything was answered, `work` runs once more. */
export async function snapshot<T>(pool: Pool, stop: Stop, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    const first = await attempt(pool, stop, work)
    return 'answer' in first ? first.answer : orThrow(await attempt(pool, stop, work))
  } finally {
    stop.clear()
  }
}

type Outcome<T> = { readonly answer: T } | { readonly lostBy: unknown }

async function attempt<T>(pool: Pool, stop: Stop, work: (session: Session) => Promise<T>): Promise<Outcome<T>> {
  const connection = await lend(pool, stop)
  const tx = new OpenTransaction(connection, { begin: BEGIN, roles: pool.roles, explain: (error) => error })
  try {
    const answer = await stop.guard(
      async () => work(tx),
      (reason) => {
        tx.abandon(reason)
        if (connection.inFlight > 0) connection.destroy()
      },
    )
    return { answer }
  } catch (error) {
    if (connection.lost && !tx.answered && stop.reason === undefined) return { lostBy: error }
    throw error
  } finally {
    tx.leave()
    pool.release(connection)
  }
}

function orThrow<T>(outcome: Outcome<T>): T {
  if ('answer' in outcome) return outcome.answer
  throw outcome.lostBy
}
