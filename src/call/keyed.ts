// A call that is done once, however often it is asked: the key it came with, and how its answer is written down.
import type { Problem } from '../base/pure/problem.ts'
import type { Answer } from './call.ts'
import type { Caller } from './caller.ts'
import type { House } from './house.ts'
import type { OpenWrite } from './work.ts'

/** An answer as it goes out, without what belongs to one request alone (its id, the budget that is left). */
export interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly type: string
}

/** A key with what it is for, as a door made it. */
export interface Keyed {
  /** As the caller sent it: it seals the answer, and is kept nowhere. */
  readonly key: string
  /** Of the key, the caller and the address: what the answer is found by. */
  readonly hash: string
  /** Of what was asked: the same key with another one is refused. */
  readonly fingerprint: string
  /** What goes out for an outcome. */
  readonly encode: (outcome: Answer | Problem) => Sent
}

/** What the steps of a key work on: a call, or a batch of them. */
export interface Once {
  readonly ask: { readonly keyed: Keyed | undefined }
  readonly house: House
  readonly caller: Caller
  readonly now: Date
  /** Between BEGIN and COMMIT. */
  readonly work: OpenWrite | undefined
  /** What the code returned; a Problem where it is the outcome. */
  result: unknown
  answer: Answer | undefined
  /** An earlier call with the same key decided what is answered, and nothing is left to do. */
  isOver: boolean
}

/** One step of a key. */
export type OnceStep = (once: Once) => void | Promise<void>
