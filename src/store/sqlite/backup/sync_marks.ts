// Notes how far the log reached when a sync began and when that sync was done: what was acknowledged at which time.
import type { Clock } from '../../../base/clock.ts'
import type { SyncMark } from './ship_log.ts'
import type { Marked } from './ship_protocol.ts'

/** Where the log ends now, as the writer's own thread sees it. */
export type LogEnd = () => { readonly salts: string | undefined; readonly frame: number }

/**
 * A commit is acknowledged when a sync that began after it is done. So at the moment a sync is done, exactly what the
 * log held when it began has been acknowledged or may be from now on: that is a state a person can ask to have back.
 */
export class SyncMarks {
  readonly #clock: Clock
  readonly #logEnd: LogEnd
  #flying: Omit<SyncMark, 'ms'> | undefined
  #marks: SyncMark[] = []
  #isDirty = false

  constructor(clock: Clock, logEnd: LogEnd) {
    this.#clock = clock
    this.#logEnd = logEnd
  }

  /** Whether anything was written since the last `take`. */
  get isDirty(): boolean {
    return this.#isDirty
  }

  begin(): void {
    this.#isDirty = true
    this.#flying = this.#logEnd()
  }

  /** Must be called before anybody is told. Answers the mark made. */
  end(): SyncMark | undefined {
    if (this.#flying === undefined) return undefined
    const mark = { ...this.#flying, ms: this.#clock.ms() }
    this.#flying = undefined
    // Of one millisecond only the last state can be asked for.
    if (this.#marks.at(-1)?.ms === mark.ms) this.#marks.pop()
    this.#marks.push(mark)
    return mark
  }

  /** The marks that were not handed out. */
  get left(): readonly SyncMark[] {
    return this.#marks
  }

  /** Hands out the marks made since the last time. */
  take(): Marked {
    const marks = this.#marks
    this.#marks = []
    // A sync that is under way belongs to the next time.
    this.#isDirty = this.#flying !== undefined
    return { marks, until: this.#clock.ms() }
  }
}
