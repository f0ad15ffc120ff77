// What the server's thread asks of the shipping thread, and what that answers.
import type { SyncMark } from './ship_log.ts'

/** Marks made since the last request, and the time (ms) up to which there are no others. */
export interface Marked {
  readonly marks: readonly SyncMark[]
  readonly until: number
}

export type Ask =
  /** Before the database is opened: ship what a crash left, if the last generation can go on. */
  | { readonly do: 'resume' }
  /** The database is open from here on. Begin a new generation here. No checkpoint may be running. */
  | { readonly do: 'begin' }
  | ({ readonly do: 'ship' } & Marked)
  /** Ship, and hold a read transaction so that no checkpoint goes beyond what is shipped. */
  | ({ readonly do: 'pin' } & Marked)
  | { readonly do: 'unpin' }
  | { readonly do: 'snapshot' }
  | { readonly do: 'prune' }
  | { readonly do: 'pack' }
  | ({ readonly do: 'close' } & Marked)

/** How a generation stands. */
export interface Standing {
  readonly generation: string
  /** Number of its last segment. */
  readonly number: number
  /** When its last snapshot was made (ms). */
  readonly snapshotAt: number | undefined
}

export type Answer =
  | { readonly done: Standing | undefined; readonly note?: string | undefined }
  /** `isBroken`: this generation cannot go on; a new one must begin. */
  | { readonly failed: string; readonly isBroken: boolean }

export interface Request {
  readonly id: number
  readonly ask: Ask
}

export interface Reply {
  readonly id: number
  readonly answer: Answer
}
