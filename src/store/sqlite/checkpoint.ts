// When the log is copied into the database file: by a thread as it grows, and cut by the writer when it is idle.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { StoreError } from '../contract.ts'
import type { CheckpointAnswer, CheckpointRequest } from './checkpoint_worker.ts'
import type { Connection } from './driver.ts'
import type { LogFile } from './log_file.ts'
import type { Writer } from './writer.ts'

/** The thread's heap: it runs one statement and holds nothing. */
const THREAD_HEAP_MB = 16

/** `SQLITE_FULL`: no room for the database file to grow. The log keeps everything, the next try may find room. */
const FULL = 13

/** Says when the log may be copied. */
export interface CheckpointGate {
  /** Resolves with true when a checkpoint may run now; `release` follows it. */
  hold(): Promise<boolean>
  /** Resolves when nothing of the gate keeps the log from starting over. */
  release(): Promise<void>
}

export interface CheckpointerOptions {
  readonly file: string
  /** Whose single reader is asked how long the log is. */
  readonly reader: { readonly single: Connection }
  readonly writer: Pick<Writer, 'whenIdle' | 'pause'>
  readonly log: Pick<LogFile, 'size'>
  readonly passivePages: number
  readonly restartPages: number
  readonly truncateBytes: number
  readonly onFailure: (error: StoreError) => void
  /** Keeps from being copied what a backup has not got yet: only what is all copied can start over. */
  readonly gate?: CheckpointGate | undefined
}

interface Progress {
  readonly pages: number
  readonly copied: number
}

/** Looks at the log after each sync. Nothing of it costs a small database anything: the thread starts when needed. */
export class Checkpointer {
  readonly #options: CheckpointerOptions
  readonly #progress: () => Progress
  #thread: Worker | undefined
  #isRunning = false
  /** Ends the pause of the writers. */
  #endPause: (() => void) | undefined
  /** Length of the log when it was last copied, and when writers last paused for it; 0 once it has started over. */
  #triedAt = 0
  #pausedAt = 0
  #isClosed = false
  #count = 0

  constructor(options: CheckpointerOptions) {
    this.#options = options
    // NOOP reads the two numbers of the log's index and does nothing.
    const noop = options.reader.single.database.prepare('pragma wal_checkpoint(noop)')
    this.#progress = () => options.reader.single.guarded(() => progressOf(noop.get()))
  }

  /** Checkpoints that the thread has finished. */
  get count(): number {
    return this.#count
  }

  /** Whether a checkpoint runs, or waits to. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /** What is in the log, in pages. */
  get pages(): number {
    return this.#progress().pages
  }

  /** Decides what the log needs now. */
  consider(): void {
    if (this.#isRunning || this.#isClosed) return
    const { pages, copied } = this.#progress()
    if (pages < this.#triedAt) this.#triedAt = this.#pausedAt = 0
    // A snapshot keeps what is newer than itself from being copied, and the log from starting over. To try is worth it
    // again only after as many new pages.
    const { passivePages, restartPages, truncateBytes, log } = this.#options
    if (pages - Math.max(copied, this.#triedAt) >= passivePages) return this.#copy(pages)
    const isNearlyCopied = pages - copied < passivePages
    if (isNearlyCopied && pages >= Math.max(restartPages, this.#pausedAt + passivePages)) return this.#pause(pages)
    if (pages === copied && log.size() > truncateBytes) this.#truncate()
  }

  /** Copies the whole log, so that it starts over and takes no more room: what can be done about a full disk. */
  makeRoom(): void {
    if (this.#isRunning || this.#isClosed) return
    this.#pause(this.#progress().pages)
  }

  /** Stops the thread, after the checkpoint it is in. */
  async close(): Promise<void> {
    this.#isClosed = true
    const thread = this.#thread
    if (thread === undefined) return
    const ended = once(thread, 'exit')
    thread.ref() // or the process could end while it waits
    this.#ask('close')
    await ended
  }

  // The log starts over with the first write after a checkpoint that reached its end. While somebody writes, none does:
  // so the last piece, small since a checkpoint has just ended, is copied while writers wait for it.
  #pause(pages: number): void {
    this.#isRunning = true
    this.#pausedAt = pages
    const copied = this.#options.writer.pause(() => {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#endPause = resolve
      this.#copy(pages)
      return promise
    })
    copied.catch((error: unknown) => this.#pauseFailed(error))
  }

  // Too many writers, or one that is stuck: the next try is after the next sync.
  #pauseFailed(error: unknown): void {
    this.#isRunning = false
    if (!(error instanceof StoreError)) throw error
  }

  #copy(pages: number): void {
    const { gate } = this.#options
    this.#isRunning = true
    if (gate === undefined) return this.#copyNow(pages)
    void this.#copyBehind(gate, pages)
  }

  async #copyBehind(gate: CheckpointGate, pages: number): Promise<void> {
    const may = await gate.hold()
    if (may && !this.#isClosed) return this.#copyNow(pages)
    if (may) await gate.release()
    this.#ended()
  }

  #copyNow(pages: number): void {
    this.#triedAt = pages
    this.#ask('passive')
  }

  #ended(): void {
    this.#isRunning = false
    this.#endPause?.()
    this.#endPause = undefined
  }

  #ask(request: CheckpointRequest): void {
    this.#isRunning = true
    this.#thread ??= this.#start()
    this.#thread.postMessage(request, [])
  }

  // Only the writer may do this, and only now: nobody waits for it, and the pages are in the database file already.
  #truncate(): void {
    this.#options.writer.whenIdle((connection) => {
      connection.guarded(() => connection.database.prepare('pragma wal_checkpoint(truncate)').get())
    })
  }

  #start(): Worker {
    // The file's own extension: .ts in the sources, .js as published.
    const address = new URL(import.meta.url.replace(/checkpoint(\.[jt]s)$/u, 'checkpoint_worker$1'))
    const thread = new Worker(address, {
      workerData: { checkpointOf: this.#options.file },
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
      name: 'checkpoint',
    })
    thread.unref()
    thread.on('message', (answer: CheckpointAnswer) => void this.#answered(answer))
    thread.on('error', (error: Error) => this.#fail(`the checkpoint thread failed: ${error.message}`))
    return thread
  }

  async #answered(answer: CheckpointAnswer): Promise<void> {
    const { gate } = this.#options
    // Before writers go on after a pause, or the first of them could not start the log over.
    if (gate !== undefined) await gate.release()
    this.#ended()
    if ('failed' in answer) {
      if (answer.code !== FULL) this.#fail(`a checkpoint failed: ${answer.failed}`)
      return
    }
    this.#count++
    this.consider()
  }

  #fail(message: string): void {
    this.#options.onFailure(new StoreError('broken', message))
  }
}

function progressOf(row: Record<string, unknown> | undefined): Progress {
  const { log, checkpointed } = row ?? {}
  if (typeof log !== 'number' || typeof checkpointed !== 'number') throw new Error('wal_checkpoint answered no numbers')
  return { pages: log, copied: checkpointed }
}
