// A feature of the house: its own nouns and promises, declared as an app declares them, and what runs beside calls.
import type { App } from '../define/app.ts'
import type { Model } from '../define/model.ts'
import type { House } from './house.ts'

/** Work of the house that runs beside the calls: relays, workers, sweepers. */
export interface Runner {
  /** Takes no new work and waits for what it has begun; then nothing of it is left. */
  stop(): Promise<void>
}

export interface Feature {
  readonly name: string
  /** Has this app any use for it; every app without. What is not wanted has no part, table or loop. */
  readonly isWanted?: (app: App) => boolean
  /** Resources, jobs, events, handlers, schedules: by any name, as the parts of an app. */
  readonly parts?: object
  /** Looks at what the app declares of it; fails with TypeError, which says what to change. */
  readonly check?: (model: Model) => void
  /**
   * Does what is due now, once, without waiting for anything, and answers how much that was: what the loops of `start`
   * do again and again, and tests until it is 0.
   */
  readonly turn?: (house: House) => Promise<number>
  /** Makes ready what must be there before the first call. What it fails with stops the start. */
  readonly prepare?: (house: House) => Promise<void>
  /** Begins what runs beside the calls, where this process does such work. */
  readonly start?: (house: House) => Runner | Promise<Runner>
}
