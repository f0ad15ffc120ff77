// The end of one call's patience: its deadline, or its caller who went away.
import { StoreError } from '../contract.ts'

/** Stops work once, with StoreError 'deadline'. Must be cleared when the call is over. */
export class Stop {
  #reason: StoreError | undefined
  #whenStopped: ((reason: StoreError) => void) | undefined
  readonly #timer: NodeJS.Timeout
  readonly #signal: AbortSignal | undefined
  readonly #aborted: () => void

  constructor(name: string, deadlineMs: number, signal?: AbortSignal) {
    this.#timer = setTimeout(() => this.#stop(`${name} was not done within ${deadlineMs} ms.`), deadlineMs)
    this.#signal = signal
    this.#aborted = () => this.#stop(`${name} was given up by its caller.`)
    if (signal?.aborted) this.#aborted()
    else signal?.addEventListener('abort', this.#aborted)
  }

  /** Why the work was stopped, if it was. */
  get reason(): StoreError | undefined {
    return this.#reason
  }

  /** Answers as the work does, or fails when stopped first; `whenStopped` then cleans up. One at a time. */
  guard<T>(work: () => Promise<T>, whenStopped: (reason: StoreError) => void = () => {}): Promise<T> {
    if (this.#reason !== undefined) return Promise.reject(this.#reason)
    return new Promise<T>((resolve, reject) => {
      const settle = (then: () => void): void => {
        this.#whenStopped = undefined
        then()
      }
      this.#whenStopped = (reason) =>
        settle(() => {
          whenStopped(reason)
          reject(reason)
        })
      work().then(
        (answer) => settle(() => resolve(answer)),
        (error: unknown) => settle(() => reject(error)),
      )
    })
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#aborted)
  }

  #stop(message: string): void {
    if (this.#reason !== undefined) return
    this.#reason = new StoreError('deadline', message)
    this.#whenStopped?.(this.#reason)
  }
}
