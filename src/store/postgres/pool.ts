// Connections that are lent to one transaction or snapshot at a time; who waits too long for one is told so.
import type { Stored } from '../../define/field.ts'
import { type Actor, StoreError, type Rows, type Statement } from '../contract.ts'
import { alone } from './bind.ts'
import { openConnection, type Connection } from './connection.ts'
import type { Driver } from './driver.ts'
import { unavailable } from './failure.ts'
import type { Roles } from './roles.ts'
import type { Stop } from './stop.ts'

interface Waiter {
  readonly take: (connection: Connection) => void
  readonly refuse: (error: StoreError) => void
}

/** At most `poolSize` connections, made when they are needed and replaced when they are lost. */
export class Pool {
  readonly #driver: Driver
  readonly #idle: Connection[] = []
  readonly #open = new Set<Connection>()
  readonly #waiting = new Set<Waiter>()
  #opening = 0
  #closed = false
  #whenEmpty: () => void = () => {}

  constructor(driver: Driver) {
    this.#driver = driver
  }

  /** The roles of row security, where it is on. */
  get roles(): Roles | undefined {
    return this.#driver.roles
  }

  /** True when a connection can be had without waiting for another's transaction. */
  get spare(): boolean {
    return this.#idle.length > 0 || (this.#waiting.size === 0 && this.#room)
  }

  /** Lends a connection. Fails with 'unavailable' after `acquireMs`. Every one lent must be released. */
  async acquire(): Promise<Connection> {
    if (this.#closed) throw closed()
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    const { waiting } = this.#driver.limits
    if (this.#waiting.size >= waiting) throw new StoreError('busy', `${waiting} callers wait for a connection already.`)
    return this.#wait()
  }

  /** Runs one read on a connection of its own; `again` answers when that was lost before it answered. */
  async query(
    statement: Statement,
    values: readonly Stored[],
    { as, again }: { readonly as: Actor | undefined; readonly again: () => Promise<Rows> },
  ): Promise<Rows> {
    const { roles } = this.#driver
    const connection = await this.acquire()
    try {
      return await connection.rows(statement, values, {
        again,
        before: roles ? alone(roles, as) : [],
        isSystem: roles !== undefined && as === undefined,
      })
    } finally {
      this.release(connection)
    }
  }

  /** Runs a command on every connection that nobody has. */
  async each(command: string): Promise<void> {
    await Promise.all(this.#idle.map((connection) => connection.command(command)))
  }

  /** Takes a connection back; a lost one is forgotten already. */
  release(connection: Connection): void {
    if (connection.lost) return
    const next = this.#nextWaiter()
    if (next !== undefined) next.take(connection)
    else if (this.#closed) void connection.end()
    else this.#idle.push(connection)
  }

  /** Refuses who waits, ends what is idle, and waits for what is lent; what is not back at its deadline is cut. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiter of this.#waiting) waiter.refuse(closed())
    for (const connection of this.#idle.splice(0)) void connection.end()
    if (this.#isEmpty) return
    const cut = (): void => this.#open.forEach((connection) => connection.destroy())
    const late = setTimeout(cut, this.#driver.limits.transactionDeadlineMs)
    await new Promise<void>((resolve) => (this.#whenEmpty = resolve))
    clearTimeout(late)
  }

  get #isEmpty(): boolean {
    return this.#open.size + this.#opening === 0
  }

  get #room(): boolean {
    return this.#open.size + this.#opening < this.#driver.limits.poolSize
  }

  #wait(): Promise<Connection> {
    const { acquireMs } = this.#driver.limits
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiter)
        clearTimeout(timer)
      }
      const waiter: Waiter = {
        take: (connection) => (leave(), resolve(connection)),
        refuse: (error) => (leave(), reject(error)),
      }
      const timer = setTimeout(
        () => waiter.refuse(unavailable(`No connection was free within ${acquireMs} ms.`)),
        acquireMs,
      )
      this.#waiting.add(waiter)
      this.#grow()
    })
  }

  // One opening per waiter at most: a burst of ten waiters opens ten, a lost connection is replaced when it is missed.
  // Where one fails and others are open, whoever waits is served by those: a server that is slow, or has as many
  // connections as it allows, is no reason to refuse.
  #grow(): void {
    while (this.#room && this.#opening < this.#waiting.size && !this.#closed) {
      this.#opening++
      openConnection(this.#driver, 'lent').then(
        (connection) => this.#opened(connection),
        (error: StoreError) => {
          this.#opening--
          if (this.#open.size === 0) this.#nextWaiter()?.refuse(error)
          if (this.#isEmpty) this.#whenEmpty()
        },
      )
    }
  }

  #opened(connection: Connection): void {
    this.#opening--
    this.#open.add(connection)
    connection.whenLost(() => this.#lost(connection))
    this.release(connection)
  }

  #lost(connection: Connection): void {
    this.#open.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#grow()
    if (this.#isEmpty) this.#whenEmpty()
  }

  #nextWaiter(): Waiter | undefined {
    for (const waiter of this.#waiting) return waiter
    return undefined
  }
}

/** Lends a connection to a call with a deadline; one that comes too late goes straight back. */
export function lend(pool: Pool, stop: Stop): Promise<Connection> {
  if (stop.reason !== undefined) return Promise.reject(stop.reason)
  const lending = pool.acquire()
  const giveBack = (): void => void lending.then((connection) => pool.release(connection), ignoreRefusal)
  return stop.guard(() => lending, giveBack)
}

// The call failed with its deadline already; that no connection was free either is no news.
const ignoreRefusal = (): void => {}

const closed = (): StoreError => unavailable('The database is closed.')
