// The thread that ships: it alone reads the log and writes the backup folder, so the server's loop waits for neither.
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock, type Clock } from '../../../base/clock.ts'
import { systemRandom } from '../../../base/random.ts'
import { packOld } from '../../backup/pack.ts'
import { prune } from '../../backup/prune.ts'
import { LogReader } from './log_reader.ts'
import { writeMarker } from './marker.ts'
import { resumeShipment } from './resume.ts'
import { endOfLog, LogBroken, shipLog, type SyncMark } from './ship_log.ts'
import type { Answer, Ask, Marked, Request, Standing } from './ship_protocol.ts'
import { Shipment } from './shipment.ts'
import { writeSnapshot } from './snapshot.ts'
import { steadyClock } from './steady_clock.ts'

/** How the thread is started. */
export interface ThreadSetting {
  readonly shipping: {
    readonly file: string
    readonly folder: string
    readonly keepMs: number
    /** No time of this backup may be before (ms). */
    readonly floor: number
  }
}

/** The thread's state. */
class Shipping {
  readonly #setting: ThreadSetting['shipping']
  readonly #clock: Clock
  #shipment: Shipment | undefined
  #descriptor: number | undefined
  #pin: DatabaseSync | undefined
  #marks: SyncMark[] = []
  #until = 0
  #isClosed = false

  constructor(setting: ThreadSetting['shipping']) {
    this.#setting = setting
    this.#clock = steadyClock(systemClock, setting.floor)
  }

  async answer(ask: Ask): Promise<Answer> {
    try {
      const note = await this.#do(ask)
      return { done: this.#standing(), note }
    } catch (error) {
      const failed = error instanceof Error ? error.message : String(error)
      return { failed, isBroken: error instanceof LogBroken }
    }
  }

  /** Answers a note for the log, where there is something to say. */
  async #do(ask: Ask): Promise<string | undefined> {
    if (ask.do === 'resume') return this.#resume()
    if (ask.do === 'prune') return this.#prune()
    if (ask.do === 'pack' && this.#shipment !== undefined) packOld(this.#shipment.generation)
    if (ask.do === 'snapshot') await this.#snapshot()
    if (ask.do === 'begin') this.#begin()
    if (ask.do === 'ship') this.#ship(ask)
    if (ask.do === 'pin') this.#hold(ask)
    if (ask.do === 'unpin') this.#release()
    if (ask.do === 'close') this.#close(ask)
    return undefined
  }

  #resume(): string | undefined {
    const { file, folder } = this.#setting
    const resumed = resumeShipment(file, folder, this.#clock)
    if ('reason' in resumed) return resumed.reason
    this.#shipment = resumed.shipment
    // Open again: until it is closed by us, the log is what proves that nothing is missing.
    writeMarker(file, { folder, generation: resumed.shipment.generation, closed: undefined })
    return undefined
  }

  #begin(): void {
    const { file, folder } = this.#setting
    const start = endOfLog(this.#reader(), 0)
    this.#marks = []
    this.#shipment = Shipment.begin({ folder, database: file, at: this.#clock.ms(), random: systemRandom, start })
    writeMarker(file, { folder, generation: this.#shipment.generation, closed: undefined })
  }

  #ship({ marks, until }: Marked): void {
    // Kept where shipping fails, so that the next time takes them along.
    this.#marks.push(...marks)
    this.#until = until
    if (this.#shipment === undefined) throw new LogBroken('no generation has begun')
    shipLog(this.#shipment, this.#reader(), { marks: this.#marks, until: this.#until }, this.#clock)
    this.#marks = []
  }

  // The reader's mark first, then the log: whatever lies before the mark is in the log when it is read. A checkpoint
  // copies nothing beyond a reader's mark, so it copies nothing that is not shipped; and a log starts over only when
  // all of it is copied.
  #hold(marked: Marked): void {
    const pin = this.#connection()
    beginReading(pin)
    try {
      this.#ship(marked)
    } catch (error) {
      pin.exec('commit')
      throw error
    }
  }

  #release(): void {
    const pin = this.#connection()
    if (pin.isTransaction) pin.exec('commit')
  }

  async #snapshot(): Promise<void> {
    const connection = readerOf(this.#setting.file)
    try {
      beginReading(connection)
      this.#ship({ marks: [], until: this.#until })
      const shipment = this.#shipment
      if (shipment === undefined) return // `ship` has refused that
      const { round, frame } = shipment.to
      const at = Math.max(this.#clock.ms(), shipment.until)
      await writeSnapshot(connection, {
        generation: shipment.generation,
        at,
        place: { round, frame },
        segment: shipment.number,
        isCancelled: () => this.#isClosed || shipment !== this.#shipment,
      })
    } finally {
      connection.close()
    }
  }

  #prune(): string | undefined {
    const { folder, keepMs } = this.#setting
    const removed = prune(folder, this.#clock.ms() - keepMs)
    return removed.length === 0 ? undefined : `${removed.length} old pieces removed`
  }

  #close(marked: Marked): void {
    this.#isClosed = true
    try {
      if (this.#shipment !== undefined) this.#ship(marked)
    } finally {
      this.#pin?.close()
      if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    }
  }

  #standing(): Standing | undefined {
    const shipment = this.#shipment
    if (shipment === undefined) return undefined
    const { generation, number, snapshotAt } = shipment
    return { generation, number, snapshotAt }
  }

  #reader(): LogReader {
    this.#descriptor ??= openSync(`${this.#setting.file}-wal`, 'r')
    return new LogReader(this.#descriptor)
  }

  #connection(): DatabaseSync {
    return (this.#pin ??= readerOf(this.#setting.file))
  }
}

function readerOf(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 0 })
  database.exec('pragma mmap_size = 0')
  return database
}

// A read transaction takes its mark with its first statement.
function beginReading(database: DatabaseSync): void {
  database.exec('begin')
  database.prepare('select count(*) from sqlite_schema').get()
}

function serve(setting: ThreadSetting['shipping']): void {
  const port = parentPort
  if (port === null) throw new Error('the shipping thread was not started as a thread')
  const shipping = new Shipping(setting)
  const serveOne = async ({ id, ask }: Request): Promise<void> => {
    port.postMessage({ id, answer: await shipping.answer(ask) })
    if (ask.do === 'close') port.close()
  }
  port.on('message', (request: Request) => void serveOne(request))
}

// Importing this file's types must not start anything.
if (typeof workerData === 'object' && workerData !== null && 'shipping' in workerData) {
  serve((workerData as ThreadSetting).shipping) // the one who starts this thread passes it
}
