// One write transaction from start to finish: a connection, attempts until one commits, and a deadline over all.
import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Random } from '../../base/random.ts'
import { StoreError, type Transaction, type WriteOptions } from '../contract.ts'
import type { Binding } from './bind.ts'
import type { Connection } from './connection.ts'
import type { PostgresLimits } from './driver.ts'
import { lend, type Pool } from './pool.ts'
import { Stop } from './stop.ts'
import { OpenTransaction, type Explain } from './transaction.ts'

/** What the write transactions of one engine share. */
export interface Writing {
  readonly pool: Pool
  readonly random: Random
  readonly limits: PostgresLimits
  readonly explain: Explain
  /** Ends a connection that was given up in the middle of a statement, on the server too. */
  readonly terminate: (connection: Connection) => void
  /** The transaction whose work is running, to refuse one inside it. */
  readonly current: AsyncLocalStorage<OpenTransaction>
}

const begin = (name: string, level: string): Binding => ({
  name: `begin_${name}`,
  text: `begin isolation level ${level} read write`,
  values: [],
})

const BEGIN = { locked: begin('locked', 'read committed'), serializable: begin('serializable', 'serializable') }

// Another attempt after 0–5 ms, 0–10 ms, … 0–80 ms: spread out, so that the same ones do not meet again.
const FIRST_PAUSE_MS = 5

/** Runs `work` in a transaction. Fails with 'serialization' when every attempt met another one; see `Engine.write`. */
export async function write<T>(
  writing: Writing,
  options: WriteOptions,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const { current, limits, random } = writing
  if (current.getStore()?.open) throw new StoreError('spoiled', `${options.name}: a write cannot start inside a write.`)
  const stop = new Stop(options.name, options.deadlineMs ?? limits.transactionDeadlineMs, options.signal)
  try {
    for (let retry = 0; ; retry++) {
      const outcome = await attempt(writing, options, stop, work)
      if ('answer' in outcome) return outcome.answer
      if (retry >= limits.retries) throw outcome.metAnother
      const pauseMs = random.fraction() * FIRST_PAUSE_MS * 2 ** retry
      await stop.guard(() => new Promise((resolve) => setTimeout(resolve, pauseMs)))
    }
  } finally {
    stop.clear()
  }
}

type Outcome<T> = { readonly answer: T } | { readonly metAnother: StoreError }

// What the work threw does not count when the transaction was doomed: it may have caught the failure and gone on.
async function attempt<T>(
  writing: Writing,
  options: WriteOptions,
  stop: Stop,
  work: (tx: Transaction) => Promise<T>,
): Promise<Outcome<T>> {
  const connection = await lend(writing.pool, stop)
  const tx = new OpenTransaction(connection, {
    begin: beginOf(options, writing.limits),
    roles: writing.pool.roles,
    explain: writing.explain,
  })
  try {
    const inside = (): Promise<T> => writing.current.run(tx, async () => work(tx))
    connection.patienceMs = Math.max(options.deadlineMs ?? 0, writing.limits.statementTimeoutMs)
    const answer = await stop.guard(inside, (reason) => giveUp(writing, connection, tx, reason))
    await (options.rollback === true ? tx.discard() : tx.commit())
    return { answer }
  } catch (error) {
    await tx.rollback()
    const metAnother = tx.doomedBy ?? askedAgain(error)
    if (metAnother !== undefined && stop.reason === undefined) return { metAnother }
    throw error
  } finally {
    writing.pool.release(connection)
  }
}

// The work itself may find that another transaction came first, where the server sees nothing wrong.
const askedAgain = (error: unknown): StoreError | undefined =>
  error instanceof StoreError && error.failure === 'serialization' ? error : undefined

// A job may take longer than a request, and so may one statement of it.
function beginOf({ isolation, deadlineMs = 0 }: WriteOptions, { statementTimeoutMs }: PostgresLimits) {
  const usual = BEGIN[isolation]
  return deadlineMs > statementTimeoutMs
    ? `${usual.text}; set local statement_timeout = ${Math.ceil(deadlineMs)}`
    : usual
}

// Idle on the server, it is undone as any other; in the middle of a statement, only cutting it ends the waiting.
function giveUp(writing: Writing, connection: Connection, tx: OpenTransaction, reason: StoreError): void {
  tx.abandon(reason)
  if (connection.inFlight > 0) writing.terminate(connection)
}
