// One session to PostgreSQL: statements go out as they come, pipelined and prepared; a silent server is given up.
import type { Client } from 'pg'
import type { Storage, Stored } from '../../define/field.ts'
import type { RawRows, Rows, Statement, StoreError } from '../contract.ts'
import type { Binding } from './bind.ts'
import type { Driver, PostgresLimits, SessionKind } from './driver.ts'
import { Exchange, isKept, type Answer, type Ask, type Wire } from './exchange.ts'
import { failureOf, unavailable } from './failure.ts'
import { decodeRaw } from './raw.ts'
import { checked, decoderOf, type Decode } from './values.ts'

/** Opens a session. Fails with StoreError 'unavailable' within `connectMs`. */
export async function openConnection(driver: Driver, kind: SessionKind): Promise<Connection> {
  return new Connection(await driver.connect(kind), driver.limits, kind)
}

/** How a statement runs. */
export interface Running {
  /** Answers instead when the connection was lost before it answered. */
  readonly again?: (() => Promise<Rows>) | undefined
  /** What goes before it in its own flush: it begins the transaction, or binds whom the statement runs for. */
  readonly before?: readonly Binding[]
  /** It runs as the system. A plan is made for one role; for another the server would make it anew each time. */
  readonly isSystem?: boolean
}

const PLAIN: Running = {}
const NOTHING: readonly Binding[] = []
const COMMIT = { name: 'commit', text: 'commit', values: [] }

interface Plan {
  readonly name: string
  reads: readonly Storage[]
  decode: Decode
  used: number
}

// Each look: how long the oldest statement in flight has been without an answer.
const LOOK_MS = 50
// The server answers at its own timeout; silence beyond it means that the way to it is gone.
const SILENCE_BEYOND_TIMEOUT_MS = 200

/** A session with a life: open, used by many at once or lent to one, lost or ended. */
export class Connection {
  /** Statements sent and not yet answered. */
  inFlight = 0
  /** True once nothing can be sent any more. */
  lost = false
  /** The server's own timeout of a statement; when it is silent for longer, it is given up. */
  patienceMs: number
  readonly #client: Client
  readonly #limits: PostgresLimits
  readonly #whenSent: (callback: () => void) => void
  readonly #plans = new Map<string, Plan>()
  #whenLost: () => void = () => {}
  #uses = 0
  #names = 0
  #quietLooks = 0
  #looking = false
  #corked = false

  constructor(client: Client, limits: PostgresLimits, kind: SessionKind) {
    this.#client = client
    this.#limits = limits
    this.patienceMs = kind === 'schema' ? Number.POSITIVE_INFINITY : limits.statementTimeoutMs
    this.#whenSent = kind === 'shared' ? setImmediate : (flush) => process.nextTick(flush)
    client.on('error', () => this.#lose())
    client.on('end', () => this.#lose())
  }

  /** True while the oldest statement in flight keeps the others waiting. */
  get stalled(): boolean {
    return this.#quietLooks > 1
  }

  /** Calls back once, when the connection is lost or ended. */
  whenLost(callback: () => void): void {
    this.#whenLost = callback
  }

  /** Runs a prepared statement. */
  rows(statement: Statement, values: readonly Stored[], running: Running = PLAIN): Promise<Rows> {
    const { again, before = NOTHING, isSystem = false } = running
    return new Promise((resolve, reject) => {
      const first = this.#prepared(before, reject)
      const { name, decode } = this.#planOf(statement, isSystem)
      this.#send({ name, text: statement.text, values: checked(values), before: first }, (error, { found }) => {
        if (error === undefined) return settle(() => decode(found), resolve, reject)
        const failure = this.#failed(error)
        if (failure.lost && again !== undefined) resolve(again())
        else reject(failure.error)
      })
    })
  }

  /** Runs a statement that is not kept, and decodes its columns by the types the server names. */
  raw(text: string, values: readonly Stored[], before = NOTHING): Promise<RawRows> {
    return new Promise((resolve, reject) => {
      const first = this.#prepared(before, reject)
      this.#send({ text, values: checked(values), described: true, before: first }, (error, answer) => {
        if (error === undefined) settle(() => decodeRaw(answer), resolve, reject)
        else reject(this.#failed(error).error)
      })
    })
  }

  /** Runs a statement without values and answers its command tag: a failed transaction answers COMMIT with ROLLBACK. */
  command(text: string): Promise<string> {
    return this.#tagOf({ text })
  }

  #tagOf(ask: Ask, before = NOTHING): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#send({ ...ask, before: this.#prepared(before, reject) }, (error, { tag }) => {
        if (error === undefined) resolve(tag)
        else reject(this.#failed(error).error)
      })
    })
  }

  /**
   * Runs the last statements of a transaction and commits it, in one flush; answers the tag of the commit. Fails with
   * the first failure of them, and then the transaction is still to be undone.
   */
  async commit(last: readonly (readonly [Statement, readonly Stored[]])[], running: Running): Promise<string> {
    const { before = NOTHING, isSystem = false } = running
    const ends = last.map(([statement, values]) => {
      const { name } = this.#planOf(statement, isSystem)
      return { name, text: statement.text, values: checked(values) }
    })
    return this.#tagOf(COMMIT, [...before, ...ends])
  }

  /** The server's number of this session, by which another session can end it. */
  get processId(): number | undefined {
    // pg sets it from the server's greeting; its types leave it out.
    const id: unknown = Reflect.get(this.#client, 'processID')
    return typeof id === 'number' ? id : undefined
  }

  /** Cuts the connection at once; what is in flight fails. */
  destroy(): void {
    this.#client.connection.stream.destroy()
    this.#lose()
  }

  /** Says goodbye after what is in flight; cuts the connection when that takes longer than `connectMs`. */
  async end(): Promise<void> {
    if (this.lost) return
    const cut = setTimeout(() => this.destroy(), this.#limits.connectMs)
    await this.#client.end()
    clearTimeout(cut)
  }

  // What travels in another's flush must be kept already: pg keeps account of one statement a flush.
  #prepared(before: readonly Binding[], refuse: (error: StoreError) => void): readonly Binding[] {
    for (const { name, text } of before) {
      if (isKept(this.#wire, name)) continue
      this.#send({ name, text }, (error) => {
        const failure = error === undefined ? undefined : this.#failed(error)
        if (failure?.lost === false) refuse(failure.error) // when it is lost, what comes after it says so
      })
    }
    return before
  }

  /** The part of pg's connection that its types leave out. */
  get #wire(): Wire {
    return this.#client.connection as unknown as Wire
  }

  #planOf(statement: Statement, isSystem: boolean): Plan {
    const key = isSystem ? `system ${statement.text}` : statement.text
    const known = this.#plans.get(key)
    if (known !== undefined) {
      known.used = ++this.#uses
      if (known.reads !== statement.reads)
        Object.assign(known, { reads: statement.reads, decode: decoderOf(statement.reads) })
      return known
    }
    if (this.#plans.size >= this.#limits.statements) this.#forgetOne()
    const plan = {
      name: `p${++this.#names}`,
      reads: statement.reads,
      decode: decoderOf(statement.reads),
      used: ++this.#uses,
    }
    this.#plans.set(key, plan)
    return plan
  }

  // Close travels before the next statement and needs no answer; unlike "deallocate" it works in a failed transaction.
  #forgetOne(): void {
    let oldest: [string, Plan] | undefined
    for (const entry of this.#plans) if (oldest === undefined || entry[1].used < oldest[1].used) oldest = entry
    if (oldest === undefined) return
    this.#plans.delete(oldest[0])
    const wire = this.#wire
    wire.close({ type: 'S', name: oldest[1].name })
    delete wire.parsedStatements[oldest[1].name]
  }

  #send(ask: Ask, answered: (error: unknown, answer: Answer) => void): void {
    if (this.lost) throw unavailable('The connection to PostgreSQL is closed.')
    this.inFlight++
    if (!this.#corked) this.#cork()
    if (!this.#looking) this.#look()
    const exchange = new Exchange(ask, (error, answer) => {
      this.inFlight--
      this.#quietLooks = 0
      answered(error, answer)
    })
    this.#client.query(exchange)
  }

  // One system call for all that is sent meanwhile: on a lent connection the statements of one tick, on a shared one
  // those of every request that this turn of the loop woke.
  #cork(): void {
    const { stream } = this.#client.connection
    this.#corked = true
    stream.cork()
    this.#whenSent(() => {
      this.#corked = false
      stream.uncork()
    })
  }

  #look(): void {
    this.#looking = true
    setTimeout(() => {
      this.#looking = false
      if (this.inFlight === 0 || this.lost) return
      this.#quietLooks++
      if (this.#quietLooks * LOOK_MS > this.patienceMs + SILENCE_BEYOND_TIMEOUT_MS) this.destroy()
      else this.#look()
    }, LOOK_MS)
  }

  #failed(cause: unknown): { readonly error: StoreError; readonly lost: boolean } {
    const failure = failureOf(cause)
    if (failure.lost && !this.lost) this.destroy()
    return failure
  }

  #lose(): void {
    if (this.lost) return
    this.lost = true
    this.#whenLost()
  }
}

// pg calls back from its parser: a throw there would be nobody's.
function settle<T>(read: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): void {
  try {
    resolve(read())
  } catch (error) {
    reject(error)
  }
}
