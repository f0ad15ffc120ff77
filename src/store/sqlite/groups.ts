// When groups of transactions begin and end: with the turn of the event loop, or at once for whoever must be alone.
import { StoreError } from '../contract.ts'
import type { Barrier } from './barrier.ts'
import type { Connection } from './driver.ts'
import { Group } from './group.ts'

export interface GroupsOptions {
  readonly connection: Connection
  readonly barrier: Barrier
  /** Whether somebody is at work on the connection. */
  readonly isBusy: () => boolean
  /** Makes the readers let go of what was before. */
  readonly onCommit: () => void
  /** Hears of each commit that found no room. */
  readonly onFull: () => void
}

/** The one group that is open, if there is one. */
export class Groups {
  readonly #options: GroupsOptions
  #open: Group | undefined
  /** The open group takes nobody any more: it ends with the member that is at work. */
  #isDue = false
  /** Who joined in this turn of the event loop, and in the one before it that had any. */
  #joined = 0
  #joinedBefore = 0

  constructor(options: GroupsOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  /** Puts the caller into the open group, or into a new one. Fails with busy while another program has the lock. */
  join(isAlone: boolean): Group {
    if (isAlone) this.end()
    const group = this.#open ?? this.#begin()
    // Whoever writes alone, turn after turn, need not wait for the end of a turn that brings nobody else.
    this.#isDue = isAlone || (this.#joined === 0 && this.#joinedBefore <= 1)
    if (this.#joined++ === 0) setImmediate(this.#turnIsOver)
    group.join()
    return group
  }

  /** Says that a member's work is over. */
  leave(group: Group): void {
    if (this.#isDue || group.isLost) this.end()
  }

  /** Ends the open group. Its failure is told to its members, and here to nobody. */
  end(): void {
    const group = this.#open
    if (group === undefined) return
    this.#open = undefined
    const { broken } = this.#options.barrier
    if (broken !== undefined) group.fail(broken)
    else if (group.isLost) group.fail(new StoreError('spoiled', 'a transaction has undone those beside it'))
    else this.#commit(group)
  }

  #begin(): Group {
    this.#options.onCommit() // what spills before the commit may start the log over
    const group = new Group(this.#options.connection)
    this.#open = group
    return group
  }

  readonly #turnIsOver = (): void => {
    this.#joinedBefore = this.#joined
    this.#joined = 0
    if (this.#open === undefined) return
    if (this.#options.isBusy()) this.#isDue = true
    else this.end()
  }

  #commit(group: Group): void {
    try {
      this.#options.onCommit()
      if (group.commit()) this.#options.barrier.noteCommit()
    } catch (error) {
      group.fail(error)
      if (isFull(error)) this.#options.onFull()
    }
  }
}

/** Whether the disk had no room. */
export const isFull = (error: unknown): boolean => error instanceof StoreError && error.failure === 'full'
