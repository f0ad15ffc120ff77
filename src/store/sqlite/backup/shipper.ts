// Ships the log of an open database as it grows, and keeps checkpoints from copying what is not shipped.
import { accessSync, constants, mkdirSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { backupLimits } from '../../../base/limits.ts'
import type { Log } from '../../../base/log.ts'
import { lastTimeOf } from '../../backup/choose.ts'
import { generationsOf } from '../../backup/folder.ts'
import { refuseForeign } from '../../backup/generation.ts'
import { StoreError } from '../../contract.ts'
import type { CheckpointGate } from '../checkpoint.ts'
import { MarkFile } from './mark_file.ts'
import { identityOf, removeMarker, writeMarker } from './marker.ts'
import { ShipClient } from './ship_client.ts'
import type { Answer, Standing } from './ship_protocol.ts'
import { steadyClock } from './steady_clock.ts'
import { SyncMarks, type LogEnd } from './sync_marks.ts'

export interface ShipperOptions {
  /** The database file. */
  readonly file: string
  /** The backup folder; made where it is missing. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly limits?: { readonly [name in keyof typeof backupLimits]?: number }
  /** `free` lets checkpoints copy what is not shipped: the control of the tests. */
  readonly checkpoints?: 'guarded' | 'free'
}

/** What the shipper sees of the open database. */
export interface OpenLog {
  readonly end: LogEnd
  readonly size: () => number
  readonly isCheckpointing: () => boolean
}

/** How shipping stands, for metrics and tests. */
export interface ShippingFigures {
  readonly standing: Standing | undefined
  /** Everything acknowledged by this time (ms) is in the backup. */
  readonly shippedAt: number | undefined
  readonly failing: string | undefined
}

/** A failing backup is said at once, and then this often. */
const sayEveryMs = 60_000

/** Lives from before the database is opened until after it is closed. */
export class Shipper implements CheckpointGate {
  readonly #options: ShipperOptions
  readonly #floor: number
  readonly #limits: Readonly<Record<keyof typeof backupLimits, number>>
  #client: ShipClient
  #open: OpenLog | undefined
  #marks: SyncMarks | undefined
  #timer: NodeJS.Timeout | undefined
  #markFile: MarkFile | undefined
  #standing: Standing | undefined
  #packedTo = 0
  /** Checkpoints wait for shipping: from the beginning of a generation until it is given up. */
  #isGuarding = false
  /** Requests to ship that are not answered yet. */
  #asking = 0
  #isSnapshotting = false
  #isClosed = false
  #isWhole = false
  #shippedAt: number | undefined
  #failing: { readonly why: string; readonly saidAt: number } | undefined
  /** A beginning or a snapshot that failed is not tried again before. */
  #notBefore = 0

  private constructor(options: ShipperOptions) {
    // After a clock that was put back, what is shipped now must still come after what was shipped before.
    const floor = Math.max(0, ...generationsOf(options.folder).map(lastTimeOf)) + 1
    this.#floor = floor
    this.#options = { ...options, clock: steadyClock(options.clock, floor) }
    this.#limits = { ...backupLimits, ...options.limits }
    this.#client = this.#start()
  }

  /**
   * Goes on with the last generation where it can: then what a crash left unshipped is shipped now. The database must
   * be locked and not open yet. Fails with unavailable where the folder cannot be written.
   */
  static async open(options: ShipperOptions): Promise<Shipper> {
    refuseUnfit(options)
    const shipper = new Shipper(options)
    await shipper.#resume()
    return shipper
  }

  /** The database is open and nothing has been written since: from now on it is shipped. */
  attach(open: OpenLog): void {
    this.#open = open
    this.#marks = new SyncMarks(this.#options.clock, open.end)
    this.#markFile = new MarkFile(this.#options.file)
    this.#timer = setInterval(() => this.#tick(), this.#limits.shipEveryMs).unref()
    this.#tick()
  }

  /** A sync of the log begins. */
  syncBegins(): void {
    this.#marks?.begin()
  }

  /** It is done, and nobody has been told yet. */
  syncEnds(): void {
    const mark = this.#marks?.end()
    if (mark !== undefined) this.#keepMarks((file) => file.append(mark))
  }

  /** Ships everything and lets a checkpoint copy that much; false where none may run now. */
  async hold(): Promise<boolean> {
    if (!this.#isGuarding || this.#options.checkpoints === 'free') return true
    // A snapshot being made holds its own read transaction: there would be nothing to copy.
    if (this.#failing !== undefined || this.#isSnapshotting) return false
    await this.#ship('pin')
    return this.#failing === undefined || !this.#isGuarding
  }

  /** The checkpoint is done. */
  async release(): Promise<void> {
    this.#sayIfFailed(await this.#client.ask({ do: 'unpin' }))
  }

  figures(): ShippingFigures {
    return { standing: this.#standing, shippedAt: this.#shippedAt, failing: this.#failing?.why }
  }

  /** Ships the last of it. Nothing may be written any more; the database is still open, so that the log is there. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    const marked = this.#marks?.take() ?? { marks: [], until: 0 }
    const answer = await this.#client.close({ do: 'close', ...marked })
    this.#markFile?.close()
    this.#markFile = undefined
    this.#isWhole = 'done' in answer && this.#standing !== undefined && this.#open !== undefined
    if ('failed' in answer)
      this.#options.log.error({ reason: answer.failed }, 'The last changes are not in the backup.')
  }

  /** The database is closed: if everything was shipped, the next start may go on. */
  seal(): void {
    const { file, folder } = this.#options
    if (!this.#isWhole || this.#standing === undefined) return
    writeMarker(file, { folder, generation: this.#standing.generation, closed: identityOf(file) })
  }

  #start(): ShipClient {
    const { file, folder } = this.#options
    return new ShipClient({ file, folder, keepMs: this.#limits.keepMs, floor: this.#floor })
  }

  async #resume(): Promise<void> {
    const answer = await this.#client.ask({ do: 'resume' })
    this.#note(answer)
    if ('failed' in answer) return
    this.#standing = answer.done
    this.#isGuarding = answer.done !== undefined
    const { log } = this.#options
    if (answer.done === undefined) log.info({ reason: answer.note }, 'A new backup begins with a whole copy.')
    else log.info({ generation: answer.done.generation }, 'The backup goes on where it stopped.')
  }

  #tick(): void {
    if (this.#asking > 0 || this.#isClosed) return
    if (this.#client.ended !== undefined) return this.#restart()
    if (this.#standing === undefined) return void this.#begin()
    if (this.#marks?.isDirty === true || this.#failing !== undefined) void this.#ship('ship')
    if (this.#isSnapshotDue(this.#standing)) void this.#snapshot()
  }

  #restart(): void {
    // Nobody knows what it shipped last.
    this.#giveUp(`the backup thread ended: ${this.#client.ended}`)
    if (this.#options.clock.ms() < this.#notBefore) return
    this.#notBefore = this.#options.clock.ms() + this.#limits.retryMs
    this.#client = this.#start()
  }

  // Whatever the log holds when a generation begins is covered by its first snapshot. A checkpoint under way could go
  // beyond that and let the log start over, so there must be none.
  async #begin(): Promise<void> {
    const { clock } = this.#options
    if (this.#open?.isCheckpointing() === true || clock.ms() < this.#notBefore) return
    this.#isGuarding = true
    this.#asking++
    this.#marks?.take()
    const answer = await this.#client.ask({ do: 'begin' })
    this.#asking--
    this.#note(answer)
    if ('done' in answer) this.#standing = answer.done
    else {
      this.#isGuarding = false
      this.#notBefore = clock.ms() + this.#limits.retryMs
    }
    this.#tick()
  }

  async #ship(how: 'ship' | 'pin'): Promise<void> {
    if (this.#marks === undefined) return
    const marked = this.#marks.take()
    this.#asking++
    const answer = await this.#client.ask({ do: how, ...marked })
    this.#asking--
    this.#note(answer)
    // Given up meanwhile: this was of the old generation.
    if ('failed' in answer || !this.#isGuarding) return
    this.#standing = answer.done
    this.#shippedAt = marked.until
    if (this.#asking === 0) this.#keepMarks((file) => file.keepOnly(this.#marks?.left ?? []))
    await this.#pack()
  }

  // They are in memory as well: without the file a kill would cost the times of the last moment, and nothing else.
  #keepMarks(work: (file: MarkFile) => void): void {
    if (this.#markFile === undefined) return
    try {
      work(this.#markFile)
    } catch (error) {
      this.#markFile = undefined
      this.#options.log.warn({ error }, 'The times of the last moment are not kept beside the database any more.')
    }
  }

  async #pack(): Promise<void> {
    const { number = 0 } = this.#standing ?? {}
    if (number - this.#packedTo < this.#limits.packEvery) return
    this.#packedTo = number
    this.#sayIfFailed(await this.#client.ask({ do: 'pack' }))
  }

  #isSnapshotDue({ snapshotAt }: Standing): boolean {
    const now = this.#options.clock.ms()
    if (this.#isSnapshotting || now < this.#notBefore) return false
    return snapshotAt === undefined || now - snapshotAt >= this.#limits.snapshotEveryMs
  }

  async #snapshot(): Promise<void> {
    const { clock, log } = this.#options
    this.#isSnapshotting = true
    const answer = await this.#client.ask({ do: 'snapshot' })
    this.#isSnapshotting = false
    this.#sayIfFailed(answer)
    if ('failed' in answer) {
      this.#notBefore = clock.ms() + this.#limits.retryMs
      return
    }
    if (this.#isGuarding) this.#standing = answer.done
    log.info({ generation: answer.done?.generation }, 'A whole copy of the database is in the backup.')
    this.#sayIfFailed(await this.#client.ask({ do: 'prune' }))
  }

  #sayIfFailed(answer: Answer): void {
    if ('done' in answer || this.#isClosed) return
    this.#options.log.error({ reason: answer.failed }, 'Looking after the backups failed; they go on.')
  }

  // Of a beginning or a shipment: whether what is written gets into the backup.
  #note(answer: Answer): void {
    if (this.#isClosed) return
    if ('done' in answer) {
      if (this.#failing !== undefined) this.#options.log.info({}, 'Backups work again.')
      this.#failing = undefined
      return
    }
    this.#say(answer.failed)
    if (answer.isBroken) this.#giveUp(answer.failed)
    else if ((this.#open?.size() ?? 0) > this.#limits.logBytes) this.#giveUp('the log has grown too long meanwhile')
  }

  #say(why: string): void {
    const now = this.#options.clock.ms()
    const isSaid = this.#failing?.why === why && now - this.#failing.saidAt < sayEveryMs
    this.#failing = { why, saidAt: isSaid ? (this.#failing?.saidAt ?? now) : now }
    if (!isSaid) this.#options.log.error({ reason: why }, 'Backups fail: what is written now is not in them.')
  }

  // Checkpoints run free again, so the log may start over: nothing may go on from here, also not after a crash.
  #giveUp(reason: string): void {
    if (!this.#isGuarding) return
    this.#isGuarding = false
    this.#standing = undefined
    removeMarker(this.#options.file)
    this.#options.log.error({ reason }, 'The backup begins anew with a whole copy as soon as it can.')
  }
}

function refuseUnfit({ file, folder, log }: ShipperOptions): void {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    refuseForeign(folder, file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StoreError('unavailable', `the backup folder cannot be used: ${why}`, { cause: error })
  }
  if (`${folder}${sep}`.startsWith(`${dirname(file)}${sep}`)) {
    log.warn({ folder }, 'The backup folder lies beside the database: a lost disk would take both.')
  }
}
