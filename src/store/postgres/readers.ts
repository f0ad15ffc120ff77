// Reads that need no transaction of their own share a few pipelined connections.
import type { Stored } from '../../define/field.ts'
import { type Actor, StoreError, type Rows, type Statement } from '../contract.ts'
import { alone, type Binding } from './bind.ts'
import { openConnection, type Connection, type Running } from './connection.ts'
import type { Driver } from './driver.ts'
import { unavailable } from './failure.ts'

/** A fixed number of shared connections, each made when it is first needed and made again when it is lost. */
export class Readers {
  readonly #driver: Driver
  readonly #ready: (Connection | undefined)[]
  readonly #opening: (Promise<Connection> | undefined)[]
  #closed = false

  constructor(driver: Driver) {
    this.#driver = driver
    this.#ready = Array.from({ length: driver.limits.readers }, () => undefined)
    this.#opening = [...this.#ready].map(() => undefined)
  }

  /** True while every reader waits for a slow statement. */
  get stalled(): boolean {
    return this.#ready.every((connection) => connection?.stalled === true)
  }

  /** Runs one read; once more on another connection when the first was lost before it answered. */
  query(statement: Statement, values: readonly Stored[], as?: Actor): Promise<Rows> {
    const { roles } = this.#driver
    return this.#twice(statement, values, {
      before: roles ? alone(roles, as) : [],
      isSystem: roles !== undefined && as === undefined,
    })
  }

  /** Runs one statement, bound otherwise than to a caller or the system. */
  queryAs(binding: Binding, statement: Statement, values: readonly Stored[]): Promise<Rows> {
    return this.#twice(statement, values, { before: [binding] })
  }

  #twice(statement: Statement, values: readonly Stored[], running: Running): Promise<Rows> {
    return this.#ask(statement, values, { ...running, again: () => this.#ask(statement, values, running) })
  }

  #ask(statement: Statement, values: readonly Stored[], running: Running): Promise<Rows> {
    const at = this.#best()
    const connection = this.#ready[at]
    if (connection === undefined) return this.#open(at).then((fresh) => fresh.rows(statement, values, running))
    if (connection.inFlight >= this.#driver.limits.waiting) return Promise.reject(tooMany())
    return connection.rows(statement, values, running)
  }

  /** Runs a command on every connection that is open. */
  async each(command: string): Promise<void> {
    await Promise.all(this.#ready.map(async (connection) => connection?.command(command)))
  }

  /** Opens a reader, so that a wrong address or a missing database is known at the start. */
  async start(): Promise<void> {
    await this.#open(0)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#opening.filter((one) => one !== undefined))
    await Promise.all(this.#ready.map(async (connection) => connection?.end()))
  }

  // One not yet open counts as free, one that waits for a slow statement as the last to choose.
  #best(): number {
    let best = 0
    let least = Number.POSITIVE_INFINITY
    for (let at = 0; at < this.#ready.length; at++) {
      const connection = this.#ready[at]
      const load = connection === undefined ? 0 : connection.inFlight + (connection.stalled ? STALLED : 0)
      if (load < least) {
        best = at
        least = load
      }
    }
    return best
  }

  #open(at: number): Promise<Connection> {
    if (this.#closed) return Promise.reject(unavailable('The database is closed.'))
    const ready = this.#ready[at]
    if (ready !== undefined) return Promise.resolve(ready)
    const opening = (this.#opening[at] ??= this.#openAt(at).finally(() => {
      this.#opening[at] = undefined
    }))
    return opening
  }

  async #openAt(at: number): Promise<Connection> {
    const connection = await openConnection(this.#driver, 'shared')
    this.#ready[at] = connection
    connection.whenLost(() => {
      this.#ready[at] = undefined
    })
    return connection
  }
}

const STALLED = 1_000_000

const tooMany = (): StoreError => new StoreError('busy', 'Too many reads wait for the database already.')
