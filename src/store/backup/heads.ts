// What the pieces of a backup say of themselves.
import type { PieceHead } from './piece.ts'

/**
 * A place in a generation's history: the database after frame `frame` of the log's `round`-th run. The log starts over
 * again and again; each run is a round.
 */
export interface Place {
  readonly round: number
  readonly frame: number
}

/** At `ms`, everything that had been acknowledged was up to `place`, and nothing after it had been. */
export type Mark = readonly [ms: number, round: number, frame: number]

/** The beginning of a generation: copies of one database, each following from the one before. */
export interface GenerationHead extends PieceHead {
  readonly type: 'generation'
  readonly engine: string
  /** `shipped` by a server that goes on adding to it, or one `copy`. */
  readonly kind: 'shipped' | 'copy'
  /** Which database it is of: a file's path, or host and name. */
  readonly database: string
  readonly startedAt: number
}

/** The whole database at a place. */
export interface SnapshotHead extends PieceHead {
  readonly type: 'snapshot'
  readonly at: number
  readonly place: Place
  /** The segment that ends at the place. Applied again, or first, it brings the snapshot there. */
  readonly segment: number
  /** Size of what is in it, unpacked. */
  readonly bytes: number
}

/** Frames of the log, in order and without a gap, and the marks made since the segment before. */
export interface SegmentHead extends PieceHead {
  readonly type: 'segment'
  readonly number: number
  /** Checksum of the segment before; of the generation's head for the first. */
  readonly previous: string
  readonly round: number
  readonly salts: string
  /** The rounds before, as a mark may come when its round is over. */
  readonly earlier: readonly (readonly [salts: string, round: number])[]
  readonly pageSize: number
  /** Frames of this round before the first one here, and the log's sums there. */
  readonly after: number
  readonly sums: readonly [number, number]
  readonly frames: number
  /** The log's sums after the last frame here. */
  readonly endSums: readonly [number, number]
  /** Every mark of this time and before is in this segment or an earlier one. */
  readonly until: number
  /** When the log was read: whatever it holds had been committed by then. */
  readonly readAt: number
  readonly marks: readonly Mark[]
}

/** Many segments in one file, each as it was. */
export interface PackHead extends PieceHead {
  readonly type: 'pack'
  readonly segments: readonly (readonly [number: number, until: number, bytes: number])[]
}

/** The last segment there is, so that a missing one is noticed. */
export interface EndHead extends PieceHead {
  readonly type: 'end'
  readonly number: number
  readonly sha256: string
}

/** Says that a restore was tried and everything held. */
export interface ProofHead extends PieceHead {
  readonly type: 'proof'
  readonly at: number
}

/** Below zero where `one` comes before `other`. */
export const comparePlaces = (one: Place, other: Place): number => one.round - other.round || one.frame - other.frame
