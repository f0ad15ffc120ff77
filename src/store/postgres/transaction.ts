// A transaction on one connection: BEGIN travels with the first statement, a failed statement spoils the rest.
import type { Stored } from '../../define/field.ts'
import { type Actor, StoreError, type RawRows, type Rows, type Statement, type Transaction } from '../contract.ts'
import type { Binding } from './bind.ts'
import type { Connection } from './connection.ts'
import type { Roles } from './roles.ts'
import { Speaker } from './speaker.ts'

/** What a transaction needs to know about constraints to name their columns in a failure. */
export type Explain = (error: StoreError) => Promise<StoreError> | StoreError

/** How a transaction begins. */
export interface Beginning {
  readonly begin: Binding | string
  /** The roles of row security, where it is on. */
  readonly roles: Roles | undefined
  readonly explain: Explain
}

/** One attempt at a transaction: open until it is committed, undone or abandoned. */
export class OpenTransaction implements Transaction {
  /** True once a statement was answered. */
  answered = false
  readonly #connection: Connection
  readonly #begin: Binding | string
  readonly #explain: Explain
  readonly #speaker: Speaker
  readonly #isSecured: boolean
  #begun = false
  #ended = false
  #endedBy: StoreError | undefined
  #spoiledBy: StoreError | undefined
  #doomedBy: StoreError | undefined
  #running = 0
  #savepoints = 0
  readonly #last: (readonly [Statement, readonly Stored[]])[] = []

  constructor(connection: Connection, { begin, roles, explain }: Beginning) {
    this.#connection = connection
    this.#begin = begin
    this.#explain = explain
    this.#speaker = new Speaker(roles)
    this.#isSecured = roles !== undefined
  }

  get open(): boolean {
    return !this.#ended
  }

  /** The failure that no savepoint undoes and another attempt may: a serialization failure or a lost connection. */
  get doomedBy(): StoreError | undefined {
    return this.#doomedBy
  }

  all(statement: Statement, values: readonly Stored[], as?: Actor): Promise<Rows> {
    const isSystem = this.#isSecured && as === undefined
    return this.#run(as, (before) => this.#connection.rows(statement, values, { before, isSystem }))
  }

  raw(text: string, values: readonly Stored[]): Promise<RawRows> {
    return this.#run(undefined, (before) => this.#connection.raw(text, values, before))
  }

  atCommit(statement: Statement, values: readonly Stored[]): void {
    const refusal = this.#refusal()
    if (refusal !== undefined) throw refusal
    this.#last.push([statement, values])
  }

  #run<T>(as: Actor | undefined, send: (before: readonly Binding[]) => Promise<T>): Promise<T> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return Promise.reject(refusal)
    this.#running++
    return send(this.#before(as)).then(
      (rows) => {
        this.#running--
        this.answered = true
        return rows
      },
      (error: unknown) => this.#failed(error),
    )
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const refusal = this.#refusal()
    if (refusal !== undefined) throw refusal
    this.#start()
    const name = `s${++this.#savepoints}`
    this.#say(`savepoint ${name}`)
    try {
      const answer = await work()
      this.#mayKeep('savepoint')
      this.#say(`release savepoint ${name}`)
      return answer
    } catch (error) {
      await this.#undo(name)
      throw error
    }
  }

  async tryLock(name: string): Promise<boolean> {
    return (await this.all(TRY_LOCK, [name]))[0]?.[0] === true
  }

  /** Commits. Fails when a statement failed or was not awaited, and with 'unknown' when it was lost on the way. */
  async commit(): Promise<void> {
    this.#mayKeep('transaction')
    const before = this.#last.length > 0 ? this.#before(undefined) : []
    this.#ended = true
    if (!this.#begun) return
    const tag = await this.#connection
      .commit(this.#last, { before, isSystem: this.#isSecured })
      .catch((error: unknown) => this.#commitFailed(error))
    if (tag !== 'COMMIT') throw new StoreError('spoiled', 'A statement failed, so the transaction was undone.')
  }

  /** Undoes a transaction that could have been committed; fails where `commit` would. */
  async discard(): Promise<void> {
    this.#mayKeep('transaction')
    await this.rollback()
  }

  /** Undoes everything and refuses later verbs. Resolves when nothing of it is left. */
  async rollback(): Promise<void> {
    this.#ended = true
    if (!this.#begun || this.#connection.lost) return
    const cut = setTimeout(() => this.#connection.destroy(), ROLLBACK_MS)
    await this.#connection.command('rollback').catch(() => this.#connection.destroy())
    clearTimeout(cut)
  }

  /** Undoes it without waiting: what comes next on the connection comes after. */
  leave(): void {
    void this.rollback()
  }

  /** Refuses later verbs with that reason and waits for nothing. */
  abandon(reason: StoreError): void {
    this.#ended = true
    this.#endedBy = reason
  }

  /** Throws unless everything so far may be kept: nothing failed, and no statement is still on its way. */
  #mayKeep(what: string): void {
    const refusal = this.#refusal()
    if (refusal !== undefined) throw refusal
    if (this.#running > 0) throw new StoreError('spoiled', `A ${what} ended while a statement was not awaited.`)
  }

  #refusal(): StoreError | undefined {
    if (this.#ended) return this.#endedBy ?? ended()
    if (this.#doomedBy !== undefined) return this.#doomedBy
    if (this.#spoiledBy === undefined) return undefined
    return new StoreError('spoiled', 'A statement failed before; the transaction can only be undone.', {
      cause: this.#spoiledBy,
    })
  }

  // What a statement needs before it, in the same flush: BEGIN for the first, and whom it runs for where that changes.
  #before(as: Actor | undefined): readonly Binding[] {
    const begin = this.#begin
    const binding = this.#speaker.change(as)
    const bound = binding === undefined ? [] : [binding]
    if (this.#begun) return bound
    if (typeof begin === 'string') this.#start()
    this.#begun = true
    return typeof begin === 'string' ? bound : [begin, ...bound]
  }

  #start(): void {
    if (this.#begun) return
    this.#begun = true
    this.#say(typeof this.#begin === 'string' ? this.#begin : this.#begin.text)
  }

  // Sent without waiting: were it to fail, the statement after it fails too.
  #say(text: string): void {
    this.#connection.command(text).catch((error: unknown) => this.#note(asStoreError(error)))
  }

  async #failed(thrown: unknown): Promise<never> {
    const error = asStoreError(thrown)
    this.#note(error)
    const explained = await this.#explain(error)
    this.#running--
    throw explained
  }

  #note(error: StoreError): void {
    this.#spoiledBy ??= error
    if (error.failure === 'serialization' || this.#connection.lost) this.#doomedBy ??= error
  }

  async #undo(name: string): Promise<void> {
    if (this.#ended || this.#doomedBy !== undefined) return
    this.#speaker.forget()
    try {
      this.#say(`rollback to savepoint ${name}`)
      await this.#connection.command(`release savepoint ${name}`)
      this.#spoiledBy = undefined
    } catch (error) {
      this.#note(asStoreError(error))
    }
  }

  async #commitFailed(thrown: unknown): Promise<never> {
    const error = asStoreError(thrown)
    if (this.#connection.lost)
      throw new StoreError('unknown', 'The connection was lost in the commit: whether it was done is not known.')
    this.#note(error)
    throw await this.#explain(error)
  }
}

// Names are hashed to the server's 64-bit keys: two of one hash wait for each other, which is never wrong.
const TRY_LOCK: Statement = Object.freeze({
  text: 'select pg_try_advisory_xact_lock(hashtextextended($1::text, 0))',
  reads: ['bool'] as const,
})

// The server undoes at once; a statement that was not awaited may run before it. Silence means the way is gone.
const ROLLBACK_MS = 1_000

const ended = (): StoreError => new StoreError('spoiled', 'The transaction has ended; a statement came after its end.')

const asStoreError = (thrown: unknown): StoreError =>
  thrown instanceof StoreError
    ? thrown
    : new StoreError('broken', 'The answer of PostgreSQL could not be read.', { cause: thrown })
