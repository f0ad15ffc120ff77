// Write transactions of one turn of the event loop share one BEGIN and one COMMIT, each under a savepoint of its own.
import type { Connection } from './driver.ts'

/** How a group ended: kept, or undone as a whole. */
export type GroupEnd = { readonly isKept: true } | { readonly isKept: false; readonly error: unknown }

/**
 * A commit writes every page that was touched, and most of what small transactions touch are the same few pages: 64
 * inserts in a turn wrote the same ten pages 64 times, a third of what they cost. Nobody is answered before the group
 * has ended and is durable, refusals neither: they may rest on rows of a member.
 */
export class Group {
  readonly #connection: Connection
  readonly #end = Promise.withResolvers<GroupEnd>()
  #members = 0
  #hasWritten = false

  /** Begins the transaction. Fails with busy when another program holds the lock. */
  constructor(connection: Connection) {
    this.#connection = connection
    connection.run('begin immediate')
  }

  /** Those that were in it so far. */
  get members(): number {
    return this.#members
  }

  /** Whether SQLite has undone it by itself, as it does after some failures and for `insert or rollback`. */
  get isLost(): boolean {
    return !this.#connection.database.isTransaction
  }

  /** Settles with the group's end; it never rejects. */
  get ended(): Promise<GroupEnd> {
    return this.#end.promise
  }

  /** Notes one more member. */
  join(): void {
    this.#members++
  }

  /** Says that a member left something to commit. */
  noteWritten(): void {
    this.#hasWritten = true
  }

  /** Commits what its members did; answers whether there is anything new. Fails as COMMIT does; then `fail` is due. */
  commit(): boolean {
    this.#connection.run(this.#hasWritten ? 'commit' : 'rollback')
    this.#end.resolve({ isKept: true })
    return this.#hasWritten
  }

  /** Undoes whatever is left of it. */
  fail(error: unknown): void {
    // A COMMIT that failed leaves the transaction open.
    if (!this.isLost) this.#connection.run('rollback')
    this.#end.resolve({ isKept: false, error })
  }
}
