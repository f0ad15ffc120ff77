// Who in this process wants to hear that there may be something to do.

/**
 * Listeners by channel. They are called once whoever woke them has come to rest, and before any answer leaves: who
 * remembered what was just changed has forgotten it when the next request comes.
 */
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
    queueMicrotask(() => {
      this.#woken.delete(channel)
      for (const woken of this.#listeners.get(channel) ?? []) woken()
    })
  }

  /** Does anybody listen? */
  hears(channel: string): boolean {
    return (this.#listeners.get(channel)?.size ?? 0) > 0
  }
}
