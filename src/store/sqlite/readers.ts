// Readers beside the writer: one for single statements, a few that hold a snapshot while their caller awaits.
import type { Stored } from '../../define/field.ts'
import { StoreError, type Rows, type Session, type Statement } from '../contract.ts'
import type { Barrier } from './barrier.ts'
import { Deadline } from './deadline.ts'
import type { Connection } from './driver.ts'
import { Turns } from './turns.ts'

/** Snapshots at one time. Each keeps the log from starting over, so they are few and have a deadline. */
const SNAPSHOTS = 4

export interface ReadersOptions {
  readonly open: () => Connection
  /** Opens the one for single statements. */
  readonly openMain: () => Connection
  readonly barrier: Barrier
  readonly queue: number
  readonly deadlineMs: number
}

/** The reading connections. What they answer waits for the last commit they could see. */
export class Readers {
  readonly #options: ReadersOptions
  readonly #barrier: Barrier
  readonly #single: Connection
  /** Whether the single reader holds what it sees, until the turn of the event loop is over or somebody commits. */
  #isHeld = false
  readonly #turns: Turns
  readonly #idle: Connection[] = []
  readonly #opened: Connection[] = []
  #isClosed = false

  constructor(options: ReadersOptions) {
    this.#options = options
    this.#barrier = options.barrier
    this.#turns = new Turns(SNAPSHOTS, options.queue)
    this.#single = this.#kept(options.openMain())
  }

  /** The connection for single statements, in no transaction. */
  get single(): Connection {
    this.letGo()
    return this.#single
  }

  /**
   * Ends the transaction that the single statements of this turn share. Called before each commit: a later statement
   * must see it, and a reader could keep the log from starting over.
   */
  letGo(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    // An error of the disk may have ended it already.
    if (this.#single.database.isTransaction) this.#single.run('commit')
  }

  /** One statement. Answers at once when everything it could see is durable. */
  query(statement: Statement, values: readonly Stored[]): Rows | Promise<Rows> {
    this.#refuseAtOnce()
    this.#hold()
    const rows = this.#single.all(statement, values)
    const durable = this.#barrier.wait()
    return durable === undefined ? rows : durable.then(() => rows)
  }

  /** Several statements over the state that the first of them sees. */
  async snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#refuseAtOnce()
    const deadline = new Deadline('the snapshot', this.#options.deadlineMs)
    try {
      const turn = this.#turns.take(deadline, 'a snapshot')
      if (turn !== undefined) await turn
      return await this.#held(deadline, work)
    } finally {
      deadline.clear()
    }
  }

  /** Refuses new reads and waits for the snapshots that are held. */
  async drain(): Promise<void> {
    this.#isClosed = true
    const deadline = new Deadline('close', this.#options.deadlineMs)
    try {
      for (let place = 0; place < SNAPSHOTS; place++) await this.#turns.take(deadline, 'a snapshot')
    } finally {
      deadline.clear()
    }
  }

  close(): void {
    this.letGo()
    for (const connection of this.#opened) connection.close()
  }

  async #held<T>(deadline: Deadline, work: (session: Session) => Promise<T>): Promise<T> {
    let session: Snapshot | undefined
    try {
      session = new Snapshot(this.#idle.pop() ?? this.#kept(this.#options.open()), this.#barrier)
      return await supervised(session, deadline, work)
    } finally {
      if (session !== undefined) this.#idle.push(session.end())
      this.#turns.give()
      // A refusal tells what was seen as much as an answer does.
      await this.#barrier.wait(session?.seen)
    }
  }

  // A statement of its own takes the lock of the log, looks for what is new, and lets go again: as much as a point read
  // costs. Nothing is new before the next commit, so those of one turn share it.
  #hold(): void {
    if (this.#isHeld) return
    this.#single.run('begin')
    this.#isHeld = true
    setImmediate(this.#endTurn)
  }

  readonly #endTurn = (): void => this.letGo()

  #refuseAtOnce(): void {
    this.#barrier.refuseIfBroken()
    if (this.#isClosed) throw new StoreError('unavailable', 'the database is closed')
  }

  #kept(connection: Connection): Connection {
    this.#opened.push(connection)
    return connection
  }
}

function supervised<T>(session: Snapshot, deadline: Deadline, work: (session: Session) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    deadline.onPassed = (error): void => {
      session.end()
      reject(error)
    }
    if (deadline.passed !== undefined) reject(deadline.passed)
    else work(session).then(resolve, reject)
  })
}

/** A read transaction; it holds its state from its first statement on. */
class Snapshot implements Session {
  readonly #connection: Connection
  readonly #barrier: Barrier
  #isOpen = true
  #spoiledBy: { readonly error: unknown } | undefined
  #seen: number | undefined

  constructor(connection: Connection, barrier: Barrier) {
    this.#connection = connection
    this.#barrier = barrier
    connection.run('begin')
  }

  /** Number of the last commit that it could see; 0 when it saw nothing. */
  get seen(): number {
    return this.#seen ?? 0
  }

  all(statement: Statement, values: readonly Stored[]): Rows {
    if (!this.#isOpen) throw spoiled('the snapshot had a statement after its end', undefined)
    if (this.#spoiledBy !== undefined)
      throw spoiled('the snapshot had a statement that failed before', this.#spoiledBy.error)
    this.#seen ??= this.#barrier.committed
    try {
      return this.#connection.all(statement, values)
    } catch (error) {
      this.#spoiledBy = { error }
      throw error
    }
  }

  end(): Connection {
    if (this.#isOpen) this.#connection.run('commit')
    this.#isOpen = false
    return this.#connection
  }
}

const spoiled = (message: string, cause: unknown): StoreError => new StoreError('spoiled', message, { cause })
