// A generation that is being added to: where in the history it is, and the segment that comes next.
import { zstdCompressSync } from 'node:zlib'
import type { Random } from '../../../base/random.ts'
import { BackupError } from '../../backup/backup_error.ts'
import { endOf, headOf, lastSegmentOf, segmentPath, snapshotsOf } from '../../backup/folder.ts'
import { beginGeneration, writeEnd } from '../../backup/generation.ts'
import type { EndHead, GenerationHead, Mark, SegmentHead } from '../../backup/heads.ts'
import { readPiece, writePiece } from '../../backup/piece.ts'
import type { LogHeader } from './log_format.ts'
import type { LogPlace } from './log_reader.ts'

/** How far the log has been shipped. `salts` is undefined where the log is known to have been cut: any may follow. */
export interface ShippedTo extends LogPlace {
  readonly round: number
  readonly salts: string | undefined
}

/** Frames that follow what is shipped, as they lie in the log. */
export interface NextFrames {
  readonly pageSize: number
  readonly end: LogPlace
  readonly bytes: Uint8Array
}

/** What goes with a segment; see SegmentHead. */
export interface Times {
  readonly marks: readonly Mark[]
  readonly until: number
  readonly readAt: number
}

interface FirstHead extends GenerationHead {
  readonly start: ShippedTo
}

interface Last {
  readonly number: number
  readonly sha256: string
  readonly until: number
}

/** Rounds of the log whose salts are remembered: a mark may come when its round is over. */
const roundsRemembered = 4

export class Shipment {
  readonly generation: string
  readonly #rounds: (readonly [salts: string, round: number])[]
  #to: ShippedTo
  #last: Last

  private constructor(generation: string, to: ShippedTo, last: Last, earlier: SegmentHead['earlier'] = []) {
    this.generation = generation
    this.#rounds = [...earlier]
    this.#to = to
    this.#last = last
    this.#remember()
  }

  /** Begins a generation at a place in the log; it restores nothing before its first snapshot. */
  static begin(options: { folder: string; database: string; at: number; random: Random; start: ShippedTo }): Shipment {
    const { folder, database, at, random, start } = options
    const head = { engine: 'sqlite', kind: 'shipped', database, startedAt: at, start } as const
    const { generation, sha256 } = beginGeneration(folder, head, random)
    return new Shipment(generation, start, { number: 0, sha256, until: 0 })
  }

  /** Goes on with a generation from its last segment. Fails with BackupError where a piece needed for it is damaged. */
  static resume(generation: string): Shipment {
    const { head: first, sha256 } = readPiece<FirstHead>(headOf(generation), 'generation')
    const { head: end } = readPiece<EndHead>(endOf(generation), 'end')
    const file = lastSegmentOf(generation)
    if ((file?.number ?? 0) < end.number) throw new BackupError(`${generation} has lost segment ${end.number}`)
    if (file === undefined) return new Shipment(generation, first.start, { number: 0, sha256, until: 0 })
    const last = readPiece<SegmentHead>(file.path, 'segment')
    const { round, salts, after, frames, endSums, number, until, earlier } = last.head
    const to = { round, salts: salts === '' ? undefined : salts, frame: after + frames, sums: endSums }
    return new Shipment(generation, to, { number, sha256: last.sha256, until }, earlier)
  }

  get to(): ShippedTo {
    return this.#to
  }

  /** Number of the last segment; 0 before the first. */
  get number(): number {
    return this.#last.number
  }

  /** The time (ms) up to which all marks are shipped. */
  get until(): number {
    return this.#last.until
  }

  /** When its newest snapshot was made (ms); undefined while there is none. */
  get snapshotAt(): number | undefined {
    return snapshotsOf(this.generation).at(-1)?.at
  }

  /** Says that the log was cut, by us, when everything of it was shipped. */
  noteCut(): void {
    this.#to = { ...this.#to, salts: undefined }
  }

  /** Says that the log has started over. */
  startRound(header: LogHeader): void {
    this.#to = { round: this.#to.round + 1, salts: header.salts, frame: 0, sums: header.sums }
    this.#remember()
  }

  /** The round of these salts; undefined for one that this generation does not know. */
  roundOf(salts: string): number | undefined {
    return this.#rounds.find(([known]) => known === salts)?.[1]
  }

  /** Writes the next segment: frames, or marks alone. Nothing changes where it fails. */
  append(frames: NextFrames | undefined, times: Times): void {
    const from = this.#to
    const end = frames?.end ?? from
    const number = this.#last.number + 1
    const head: SegmentHead = {
      type: 'segment',
      number,
      previous: this.#last.sha256,
      round: from.round,
      salts: from.salts ?? '',
      earlier: this.#rounds.filter(([salts]) => salts !== from.salts),
      pageSize: frames?.pageSize ?? 0,
      after: from.frame,
      sums: from.sums,
      frames: end.frame - from.frame,
      endSums: end.sums,
      ...times,
    }
    const path = segmentPath(this.generation, number, times.until)
    const { sha256 } = writePiece(path, head, zstdCompressSync(frames?.bytes ?? new Uint8Array()))
    this.#last = { number, sha256, until: times.until }
    this.#to = { ...from, frame: end.frame, sums: end.sums }
    writeEnd(this.generation, this.#last)
  }

  #remember(): void {
    const { salts, round } = this.#to
    if (salts === undefined) return
    this.#rounds.push([salts, round])
    if (this.#rounds.length > roundsRemembered) this.#rounds.shift()
  }
}
