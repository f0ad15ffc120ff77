// A bounded queue, first come first served, for the few connections that can be held.
import { StoreError } from '../contract.ts'
import type { Deadline } from './deadline.ts'

/** Turns handed on without letting the event loop breathe. */
const TURNS_IN_A_ROW = 32

interface Waiting {
  readonly begin: () => void
}

/** Hands out `places` places. Fails with busy when `limit` callers wait, with deadline after too long a wait. */
export class Turns {
  readonly #limit: number
  readonly #waiting: Waiting[] = []
  #free: number
  #inARow = 0

  constructor(places: number, limit: number) {
    this.#free = places
    this.#limit = limit
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Takes a place: at once (undefined), or when it is this caller's turn. */
  take(deadline: Deadline, what: string): Promise<void> | undefined {
    if (deadline.passed !== undefined) throw deadline.passed
    if (this.#free > 0) {
      this.#free--
      return undefined
    }
    if (this.#waiting.length >= this.#limit) throw new StoreError('busy', `${this.#limit} wait for ${what} already`)
    return new Promise((resolve, reject) => {
      const waiting = { begin: resolve }
      this.#waiting.push(waiting)
      deadline.onPassed = (error): void => {
        const at = this.#waiting.indexOf(waiting)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(error)
      }
    })
  }

  /** Gives the place back; the first who waits has it from this moment. */
  give(): void {
    if (this.#inARow >= TURNS_IN_A_ROW && this.#waiting.length > 0) {
      // Work that waits only for the database never leaves the microtask queue: without this pause a full queue of
      // writers would keep sockets and timers waiting for its whole length. The place stays taken meanwhile.
      this.#inARow = 0
      setImmediate(() => this.give())
      return
    }
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else {
      this.#inARow++
      next.begin()
    }
  }
}
