// The server's end of the shipping thread: one request, one answer.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { assert } from '../../../base/assert.ts'
import type { Answer, Ask, Reply, Request } from './ship_protocol.ts'
import type { ThreadSetting } from './ship_thread.ts'

/** Buffers are outside of it; what is inside are marks and heads. */
const threadHeapMb = 64

/** A running thread. Whatever goes wrong with it is an answer, never an exception. */
export class ShipClient {
  readonly #thread: Worker
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #count = 0
  #ended: string | undefined

  constructor(setting: ThreadSetting['shipping']) {
    // The file's own extension: .ts in the sources, .js as published.
    const address = new URL(import.meta.url.replace(/ship_client(\.[jt]s)$/u, 'ship_thread$1'))
    const workerData: ThreadSetting = { shipping: setting }
    this.#thread = new Worker(address, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: threadHeapMb },
      name: 'backup',
    })
    this.#thread.unref()
    this.#thread.on('message', ({ id, answer }: Reply) => this.#answered(id, answer))
    this.#thread.on('error', (error: Error) => this.#end(error.message))
    this.#thread.on('exit', () => this.#end('it ended'))
  }

  /** Why the thread is no more; undefined while it lives. */
  get ended(): string | undefined {
    return this.#ended
  }

  /** Asks the thread. Answers come in any order: a snapshot takes long. */
  ask(ask: Ask): Promise<Answer> {
    if (this.#ended !== undefined) return Promise.resolve(gone(this.#ended))
    const request: Request = { id: ++this.#count, ask }
    // Or the process could end while somebody waits for the answer.
    this.#thread.ref()
    return new Promise((resolve) => {
      this.#waiting.set(request.id, resolve)
      this.#thread.postMessage(request, [])
    })
  }

  /** Asks the last thing, and waits for the end of the thread. */
  async close(ask: Ask & { do: 'close' }): Promise<Answer> {
    const exit = this.#ended === undefined ? once(this.#thread, 'exit') : undefined
    const answer = await this.ask(ask)
    this.#thread.ref()
    await exit
    return answer
  }

  #answered(id: number, answer: Answer): void {
    const resolve = this.#waiting.get(id)
    assert(resolve !== undefined, 'the thread answers only what it was asked')
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#thread.unref()
    resolve(answer)
  }

  #end(why: string): void {
    this.#ended ??= why
    for (const resolve of this.#waiting.values()) resolve(gone(this.#ended))
    this.#waiting.clear()
  }
}

// Nobody knows what it shipped last, so the generation is not gone on with.
const gone = (why: string): Answer => ({ failed: `the backup thread failed: ${why}`, isBroken: true })
