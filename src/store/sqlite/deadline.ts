// How long one piece of work may take, its caller's patience included.
import { atEndOfTurn } from '../../base/outlive.ts'
import { StoreError } from '../contract.ts'

/** Runs out once, after its time or when the caller is gone, and tells whoever listens at that moment. */
export class Deadline {
  #timer: NodeJS.Timeout | undefined
  #isOver = false
  readonly #signal: AbortSignal | undefined
  readonly #name: string
  readonly #milliseconds: number
  readonly #began = performance.now()
  #passed: StoreError | undefined
  /** What to do when it runs out; replaced as the work goes from waiting to running. */
  onPassed: ((error: StoreError) => void) | undefined

  constructor(name: string, milliseconds: number, signal?: AbortSignal) {
    this.#name = name
    this.#milliseconds = milliseconds
    this.#signal = signal
    atEndOfTurn(() => {
      if (!this.#isOver) this.#timer = setTimeout(() => this.#runOut(), milliseconds)
    })
    if (signal?.aborted) this.#cancel()
    else signal?.addEventListener('abort', this.#cancel, { once: true })
  }

  /** The failure, once the time is over. */
  get passed(): StoreError | undefined {
    return this.#passed
  }

  /** The same for work that holds the event loop, so that no timer fires: it looks at the time itself. */
  look(): StoreError | undefined {
    if (this.#passed === undefined && performance.now() - this.#began > this.#milliseconds) this.#runOut()
    return this.#passed
  }

  clear(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#cancel)
    this.onPassed = undefined
  }

  readonly #cancel = (): void => this.#pass('was given up by its caller')

  #runOut(): void {
    this.#pass(`did not end within ${this.#milliseconds} ms`)
  }

  #pass(what: string): void {
    this.#passed ??= new StoreError('deadline', `${this.#name} ${what}`, { cause: this.#signal?.reason })
    this.onPassed?.(this.#passed)
  }
}
