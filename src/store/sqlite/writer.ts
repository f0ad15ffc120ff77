// The one writer: transactions in the order they came, each with a deadline, acknowledged when they are durable.
import { AsyncLocalStorage } from 'node:async_hooks'
import { Broken } from '../../base/assert.ts'
import { StoreError, type Transaction, type WriteOptions } from '../contract.ts'
import type { Barrier } from './barrier.ts'
import { Deadline } from './deadline.ts'
import type { Connection } from './driver.ts'
import type { Group } from './group.ts'
import { Groups, isFull } from './groups.ts'
import { isBusy, patiently } from './patience.ts'
import { OpenTransaction } from './transaction.ts'
import { Turns } from './turns.ts'

/** What becomes of a transaction that waits for something that is not the database. */
export type ForeignAwait = 'refuse' | 'warn'

export interface WriterOptions {
  readonly connection: Connection
  readonly barrier: Barrier
  readonly queue: number
  readonly deadlineMs: number
  readonly foreignAwait: ForeignAwait
  readonly onForeignAwait: (name: string) => void
  /** Makes the readers let go of what was before. */
  readonly onCommit: () => void
  /** Hears of each transaction that found no room. */
  readonly onFull: () => void
}

type Work<T> = (tx: Transaction) => Promise<T>
type Outcome<T> = { readonly answer: T } | { readonly error: unknown }

interface Attempt<T> {
  readonly outcome: Outcome<T>
  /** Undefined where it never began. */
  readonly group: Group | undefined
  /** Whether it was this one that made SQLite undo the group. */
  readonly hasLostIt: boolean
}

/** Runs write transactions one after the other on its connection. */
export class Writer {
  readonly #options: WriterOptions
  readonly #connection: Connection
  readonly #barrier: Barrier
  readonly #turns: Turns
  readonly #inside = new AsyncLocalStorage<OpenTransaction>()
  /** Operations that were seen to wait for something foreign: nobody else waits with them again. */
  readonly #slow = new Set<string>()
  readonly #groups: Groups
  #isBusy = false
  #isClosed = false

  constructor(options: WriterOptions) {
    this.#options = options
    this.#connection = options.connection
    this.#barrier = options.barrier
    this.#turns = new Turns(1, options.queue)
    this.#groups = new Groups({ ...options, isBusy: () => this.#isBusy })
  }

  /** Writers that wait for their turn. */
  get waiting(): number {
    return this.#turns.waiting
  }

  /** Runs one transaction. Its answer, and its refusal too, waits until all that it could see is durable. */
  async write<T>(options: WriteOptions, work: Work<T>): Promise<T> {
    this.#refuseAtOnce(options.name)
    const deadline = new Deadline(options.name, options.deadlineMs ?? this.#options.deadlineMs, options.signal)
    let outcome: Outcome<T>
    try {
      const isAlone = this.#slow.has(options.name)
      outcome = (await this.#try(options, deadline, work, isAlone)) ?? (await this.#again(options, deadline, work))
    } finally {
      deadline.clear()
    }
    const durable = this.#barrier.wait()
    if (durable !== undefined) await durable
    if ('error' in outcome) throw outcome.error
    return outcome.answer
  }

  /** Runs statements that commit by themselves, as one turn; answers when they are durable. */
  async script(statements: readonly string[]): Promise<void> {
    this.#refuseAtOnce('script')
    const deadline = new Deadline('script', this.#options.deadlineMs)
    try {
      await this.#apart(deadline, () => this.#runScript(statements, deadline))
    } finally {
      deadline.clear()
    }
    await this.#barrier.wait()
  }

  /** Runs something short on the writer's connection, if nobody holds it; says whether it did. */
  whenIdle(work: (connection: Connection) => void): boolean {
    if (this.#isBusy || this.#groups.isOpen || this.#turns.waiting > 0) return false
    work(this.#connection)
    return true
  }

  /** Takes a turn for something that is no transaction: writers wait, reads and the event loop go on. */
  async pause(work: () => Promise<void>): Promise<void> {
    const deadline = new Deadline('pause', this.#options.deadlineMs)
    try {
      await this.#apart(deadline, work)
    } finally {
      deadline.clear()
    }
  }

  /** Refuses new writes, waits for those that came before, then runs the last thing on the connection. */
  async close(work: (connection: Connection) => void): Promise<void> {
    const deadline = new Deadline('close', this.#options.deadlineMs)
    try {
      const last = this.#apart(deadline, () => patiently(deadline, () => work(this.#connection)))
      this.#isClosed = true
      await last
    } finally {
      deadline.clear()
    }
  }

  #refuseAtOnce(name: string): void {
    this.#barrier.refuseIfBroken()
    if (this.#isClosed) throw new StoreError('unavailable', `${name}: the database is closed`)
    if (this.#inside.getStore()?.isOpen) throw new StoreError('spoiled', `${name}: a write cannot start inside a write`)
  }

  async #inTurn<T>(deadline: Deadline, work: () => Promise<T> | T): Promise<T> {
    const turn = this.#turns.take(deadline, 'the writer')
    if (turn !== undefined) await turn
    this.#isBusy = true
    try {
      this.#barrier.refuseIfBroken()
      return await work()
    } finally {
      this.#isBusy = false
      this.#turns.give()
    }
  }

  /** A turn for what is no member of a group. */
  #apart<T>(deadline: Deadline, work: () => Promise<T> | T): Promise<T> {
    return this.#inTurn(deadline, () => {
      this.#groups.end()
      return work()
    })
  }

  /** One attempt, and the end of its group; undefined when the failure of another has undone it too. */
  async #try<T>(
    options: WriteOptions,
    deadline: Deadline,
    work: Work<T>,
    isAlone: boolean,
  ): Promise<Outcome<T> | undefined> {
    const { outcome, group, hasLostIt } = await this.#inTurn(deadline, () =>
      this.#attempt(options, deadline, work, isAlone),
    )
    if (group === undefined || hasLostIt) return outcome
    const end = await group.ended
    if (end.isKept) return outcome
    return group.members === 1 ? { error: end.error } : undefined
  }

  // Nothing of the first attempt is left and nobody was told of it.
  async #again<T>(options: WriteOptions, deadline: Deadline, work: Work<T>): Promise<Outcome<T>> {
    const outcome = await this.#try(options, deadline, work, true)
    if (outcome === undefined) throw new Broken(`${options.name}: a group of one has failed for another`)
    return outcome
  }

  async #attempt<T>(options: WriteOptions, deadline: Deadline, work: Work<T>, isAlone: boolean): Promise<Attempt<T>> {
    let group: Group | undefined
    let tx: OpenTransaction | undefined
    let outcome: Outcome<T>
    try {
      if (deadline.passed !== undefined) throw deadline.passed
      // Nearly always at once, so that it costs no turn of the microtask queue; undefined while the lock is taken.
      group = this.#joined(isAlone) ?? (await patiently(deadline, () => this.#groups.join(isAlone)))
      tx = new OpenTransaction(this.#connection, options.name, deadline)
      outcome = { answer: await this.#supervised(tx, options.name, deadline, work) }
      tx.finish(options.rollback ?? false)
      if (options.rollback !== true) group.noteWritten()
    } catch (error) {
      tx?.undo()
      if (isFull(error)) this.#options.onFull()
      outcome = { error }
    }
    const hasLostIt = group?.isLost ?? false
    if (group !== undefined) this.#groups.leave(group)
    return { outcome, group, hasLostIt }
  }

  #joined(isAlone: boolean): Group | undefined {
    try {
      return this.#groups.join(isAlone)
    } catch (error) {
      if (isBusy(error)) return undefined
      throw error
    }
  }

  // The work itself cannot be stopped. What can be: the connection is taken from it, and nobody waits for it.
  #supervised<T>(tx: OpenTransaction, name: string, deadline: Deadline, work: Work<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (error: Error): void => {
        tx.undo()
        reject(error)
      }
      deadline.onPassed = end
      // Every verb settles in the microtask queue, so a transaction that is still open after one turn of the event
      // loop waits for something that is not the database, and every other writer waits with it.
      const watch = setImmediate(() => this.#foreignAwait(name, end))
      const settled = (then: () => void): void => {
        clearImmediate(watch)
        deadline.onPassed = undefined
        then()
      }
      this.#inside
        .run(tx, async () => work(tx))
        .then(
          (answer) => settled(() => resolve(answer)),
          (error: unknown) => settled(() => reject(error)),
        )
    })
  }

  #foreignAwait(name: string, end: (error: Error) => void): void {
    this.#slow.add(name)
    this.#options.onForeignAwait(name)
    if (this.#options.foreignAwait === 'warn') return
    end(new Broken(`${name}: its transaction waits for something else than the database; do that before, or in a job`))
  }

  async #runScript(statements: readonly string[], deadline: Deadline): Promise<void> {
    try {
      for (const statement of statements) {
        this.#options.onCommit()
        await patiently(deadline, () => this.#connection.exec(statement))
        this.#barrier.noteCommit()
      }
    } finally {
      // A `begin` left open is undone, as on a connection that ends.
      if (this.#connection.database.isTransaction) this.#connection.exec('rollback')
    }
  }
}
