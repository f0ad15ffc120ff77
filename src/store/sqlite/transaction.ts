// An open write transaction: verbs that answer at once, savepoints, and what may no longer happen after a failure.
import type { Stored } from '../../define/field.ts'
import { StoreError, type RawRows, type Rows, type Statement, type Transaction } from '../contract.ts'
import type { Deadline } from './deadline.ts'
import type { Connection } from './driver.ts'
import { runRaw } from './raw.ts'

/**
 * Lives from its savepoint in a group (see group.ts) to `finish` or `undo`. Every verb after that throws: somebody
 * forgot an await.
 */
export class OpenTransaction implements Transaction {
  readonly #connection: Connection
  readonly #name: string
  readonly #deadline: Deadline
  #isOpen = true
  #canUndo = true
  #depth = 0
  /** The error of the statement that failed: PostgreSQL refuses everything after it, so this engine does too. */
  #spoiledBy: { readonly error: unknown } | undefined

  constructor(connection: Connection, name: string, deadline: Deadline) {
    this.#connection = connection
    this.#name = name
    this.#deadline = deadline
    connection.run('savepoint tx')
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  all(statement: Statement, values: readonly Stored[]): Rows {
    return this.#spoiling(() => this.#connection.all(statement, values))
  }

  raw(text: string, values: readonly Stored[]): RawRows {
    return this.#spoiling(() => runRaw(this.#connection, text, values))
  }

  /** There is no way to save: it runs at once. */
  atCommit(statement: Statement, values: readonly Stored[]): void {
    this.all(statement, values)
  }

  #spoiling<T>(work: () => T): T {
    this.#refuseIfUnusable()
    try {
      return work()
    } catch (error) {
      this.#spoiledBy = { error }
      throw error
    }
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseIfUnusable()
    const depth = ++this.#depth
    this.#connection.run(`savepoint s${depth}`)
    try {
      const answer = await work()
      this.#refuseIfUnusable()
      this.#refuseIfOverlapping(depth)
      this.#connection.run(`release s${depth}`)
      this.#depth--
      return answer
    } catch (error) {
      this.#undoTo(depth)
      throw error
    }
  }

  /** The one writer holds every lock. */
  tryLock(): boolean {
    this.#refuseIfUnusable()
    return true
  }

  /** Leaves to the group what it did, or nothing where only the answer is wanted. Fails after a failed statement. */
  finish(rollback: boolean): void {
    this.#refuseIfUnusable()
    if (this.#depth > 0) throw this.#spoiled('ended while a savepoint was not awaited', undefined)
    this.#isOpen = false
    if (rollback) return this.undo()
    this.#connection.run('release tx')
    this.#canUndo = false
  }

  /** Rolls back whatever is left of it. */
  undo(): void {
    this.#isOpen = false
    if (!this.#canUndo) return
    this.#canUndo = false
    // SQLite has rolled back by itself after some failures (full disk), and the group with it.
    if (!this.#connection.database.isTransaction) return
    this.#connection.run('rollback to tx')
    this.#connection.run('release tx')
  }

  #undoTo(depth: number): void {
    // After the deadline the connection is another transaction's. After a savepoint that ended out of order, or a
    // rollback by SQLite itself, there is nothing to return to and the transaction stays spoiled.
    if (!this.#isOpen || this.#depth !== depth || !this.#connection.database.isTransaction) return
    this.#connection.run(`rollback to s${depth}`)
    this.#connection.run(`release s${depth}`)
    this.#depth--
    this.#spoiledBy = undefined
  }

  // All verbs settle as microtasks, so no timer interrupts code that asks one after the other: each looks at the time.
  #refuseIfUnusable(): void {
    const passed = this.#isOpen ? this.#deadline.look() : undefined
    if (passed !== undefined) throw passed
    if (!this.#isOpen)
      throw this.#spoiled('had a statement after its end (a missing await, or its deadline)', undefined)
    if (this.#spoiledBy !== undefined) throw this.#spoiled('had a statement that failed before', this.#spoiledBy.error)
  }

  #refuseIfOverlapping(depth: number): void {
    if (this.#depth === depth) return
    const error = this.#spoiled('ended a savepoint before one that began after it', undefined)
    this.#spoiledBy = { error }
    throw error
  }

  #spoiled(what: string, cause: unknown): StoreError {
    return new StoreError('spoiled', `${this.#name} ${what}`, { cause })
  }
}
