// Commit now, acknowledge later: one shared fdatasync of the log for all commits made before it began.
import { StoreError } from '../contract.ts'
import { diskFailed } from '../disk_failed.ts'

/** Asks the operating system to put a file's bytes on the disk; `fs.fdatasync` in production. */
export type Sync = (descriptor: number, done: (error: Error | null) => void) => void

/** Hears of each sync: when it begins, and when it is done but nobody has been told. */
export interface SyncWatch {
  syncBegins(): void
  syncEnds(): void
}

interface Batch {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: StoreError) => void
}

/**
 * Commits are made at synchronous=NORMAL, which leaves them in the page cache. Whoever wants to tell somebody about
 * one, or about anything read since, waits here first. At most one sync is in flight; what commits meanwhile rides the
 * next. The first error is final: the kernel marks failed pages clean, so a second sync would lie.
 */
export class Barrier {
  readonly #sync: ((done: (error: Error | null) => void) => void) | undefined
  readonly #onFailure: (error: StoreError) => void
  readonly #onSynced: () => void
  readonly #watch: SyncWatch | undefined
  #committed = 0
  #durable = 0
  #flying: (Batch & { readonly upTo: number }) | undefined
  #next: Batch | undefined
  #broken: StoreError | undefined

  /** Without `sync` every commit counts as durable: for databases that end with the process. */
  constructor(options: {
    sync: ((done: (error: Error | null) => void) => void) | undefined
    onFailure: (error: StoreError) => void
    onSynced: () => void
    watch?: SyncWatch | undefined
  }) {
    this.#sync = options.sync
    this.#onFailure = options.onFailure
    this.#onSynced = options.onSynced
    this.#watch = options.watch
  }

  /** Number of the last commit. */
  get committed(): number {
    return this.#committed
  }

  /** Number of the last commit that is on the disk. */
  get durable(): number {
    return this.#durable
  }

  /** The error that ended this database, once there is one. */
  get broken(): StoreError | undefined {
    return this.#broken
  }

  /** Throws once the storage has failed: nothing is read, written or said after that. */
  refuseIfBroken(): void {
    if (this.#broken !== undefined) throw this.#broken
  }

  /** Says that a commit has been made. */
  noteCommit(): void {
    this.#committed++
    if (this.#sync === undefined) {
      this.#durable = this.#committed
      this.#onSynced()
    }
  }

  /** Waits until the commits up to `upTo` are durable; undefined, so that it costs nothing, when they are. */
  wait(upTo: number = this.#committed): Promise<void> | undefined {
    if (this.#broken !== undefined) return Promise.reject(this.#broken)
    if (upTo <= this.#durable) return undefined
    if (this.#flying !== undefined && upTo <= this.#flying.upTo) return this.#flying.promise
    const batch = (this.#next ??= Promise.withResolvers<void>())
    if (this.#flying === undefined) this.#begin(batch)
    return batch.promise
  }

  /** Ends this database: whoever waits is refused, nothing is acknowledged any more. */
  fail(cause: unknown): void {
    if (this.#broken !== undefined) return
    this.#broken = cause instanceof StoreError ? cause : diskFailed(cause)
    this.#flying?.reject(this.#broken)
    this.#next?.reject(this.#broken)
    this.#onFailure(this.#broken)
  }

  #begin(batch: Batch): void {
    this.#next = undefined
    this.#flying = { ...batch, upTo: this.#committed }
    this.#watch?.syncBegins()
    this.#sync?.((error) => this.#synced(error))
  }

  #synced(error: Error | null): void {
    const batch = this.#flying
    // EIO and ENOSPC alike: some file systems report a lost write as a full disk.
    if (error !== null) return this.fail(error)
    if (batch === undefined || this.#broken !== undefined) return
    this.#watch?.syncEnds()
    this.#durable = batch.upTo
    this.#flying = undefined
    batch.resolve()
    if (this.#next !== undefined) this.#begin(this.#next)
    this.#onSynced()
  }
}
