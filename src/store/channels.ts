// Who in this process wants to hear that there may be something to do.

/** Listeners by channel. Calls come after the turn of the loop that woke them, several wakes as one. */
export class Channels {
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #woken = new Set<string>()

  /** Calls back after a wake of the channel; answers how to stop. */
  listen(channel: string, woken: () => void): () => void {
    const own = (): void => woken() // the same function twice is two listeners
    const listeners = this.#listeners.get(channel) ?? new Set()
    this.#listeners.set(channel, listeners.add(own))
    return () => void listeners.delete(own)
  }

  /** Wakes the listeners of the channel. */
  wake(channel: string): void {
    if (this.#woken.has(channel) || !this.hears(channel)) return
    this.#woken.add(channel)
    setImmediate(() => {
      this.#woken.delete(channel)
      for (const woken of this.#listeners.get(channel) ?? []) woken()
    })
  }

  /** Does anybody listen? */
  hears(channel: string): boolean {
    return (this.#listeners.get(channel)?.size ?? 0) > 0
  }
}
