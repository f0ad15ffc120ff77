// Who in this process wants to hear that there may be something to do.

/** Hears of a wake: what it is about, as whoever woke said it; undefined where it may be about anything. */
export type Woken = (about: string | undefined) => void

/** Wakes about more things than this at once are about anything. */
const mostThings = 100

/** What several wakes of one channel are about together; undefined for anything. */
export class Abouts {
  #things: Set<string> | undefined = new Set()

  add(about: string | undefined): void {
    if (about === undefined || (this.#things?.size ?? 0) >= mostThings) this.#things = undefined
    else this.#things?.add(about)
  }

  /** Each thing; one undefined for anything. */
  list(): readonly (string | undefined)[] {
    return this.#things === undefined ? [undefined] : [...this.#things]
  }
}

/**
 * Listeners by channel. They are called once whoever woke them has come to rest, and before any answer leaves: who
 * remembered what was just changed has forgotten it when the next request comes.
 */
export class Channels {
  readonly #listeners = new Map<string, Set<Woken>>()
  readonly #woken = new Map<string, Abouts>()

  /** Calls back after a wake of the channel; answers how to stop. */
  listen(channel: string, woken: Woken): () => void {
    const own: Woken = (about) => woken(about) // the same function twice is two listeners
    const listeners = this.#listeners.get(channel) ?? new Set()
    this.#listeners.set(channel, listeners.add(own))
    return () => void listeners.delete(own)
  }

  /** Wakes the listeners of the channel: once for each thing, however often it was said meanwhile. */
  wake(channel: string, about?: string): void {
    if (!this.hears(channel)) return
    const waiting = this.#woken.get(channel)
    const abouts = waiting ?? new Abouts()
    abouts.add(about)
    if (waiting !== undefined) return
    this.#woken.set(channel, abouts)
    queueMicrotask(() => {
      this.#woken.delete(channel)
      for (const one of abouts.list()) for (const woken of this.#listeners.get(channel) ?? []) woken(one)
    })
  }

  /** Does anybody listen? */
  hears(channel: string): boolean {
    return (this.#listeners.get(channel)?.size ?? 0) > 0
  }
}
