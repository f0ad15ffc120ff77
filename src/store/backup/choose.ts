// Finds what restores a time: the generation, the snapshot to begin with, the segments to apply, and where to stop.
import { BackupError } from './backup_error.ts'
import { generationsOf, lastSegmentOf, snapshotsOf, type SnapshotFile } from './folder.ts'
import { comparePlaces, type Place, type SnapshotHead } from './heads.ts'
import { readHead } from './piece.ts'
import { between, readSegment, segmentsOf, type SegmentFile } from './segments.ts'

/** What restores a time. */
export interface Choice {
  readonly generation: string
  /** The time whose state this is: the one asked for, or the last before it that is known. */
  readonly ms: number
  readonly snapshot: SnapshotFile
  /** In order, without a gap. */
  readonly segments: readonly SegmentFile[]
  /** The last place to apply; undefined for everything there is. */
  readonly until: Place | undefined
}

/** The last known point at or before a time; `segment` is the last one it needs. */
interface Point {
  readonly ms: number
  readonly segment: number
  readonly until: Place | undefined
}

/**
 * Chooses the newest state of a folder, or the state at a time (ms since 1970): everything acknowledged by then, and
 * nothing after. Fails with BackupError where the folder holds no such time, or a segment on the way is missing.
 */
export function choose(folder: string, to?: number): Choice {
  const found = generationsOf(folder).flatMap((generation) => pointsOf(generation, to) ?? [])
  const best = found.toSorted((one, other) => one.point.ms - other.point.ms).at(-1)
  if (best === undefined) throw nothing(folder, to)
  const { generation, point, snapshot, segments } = best
  return {
    generation,
    ms: point.ms,
    snapshot,
    segments: between(generation, segments, snapshot.segment, point.segment),
    until: point.until,
  }
}

/** The times a folder can restore, for a person: the first snapshot, and the last thing known, of each generation. */
export function rangesOf(folder: string): { generation: string; from: number; to: number; snapshots: number }[] {
  return generationsOf(folder).flatMap((generation) => {
    const snapshots = snapshotsOf(generation)
    const [first] = snapshots
    if (first === undefined) return []
    return [{ generation, from: first.at, to: lastTimeOf(generation), snapshots: snapshots.length }]
  })
}

/** The last time (ms) that a generation knows of; 0 where it knows of none. */
export function lastTimeOf(generation: string): number {
  return Math.max(snapshotsOf(generation).at(-1)?.at ?? 0, lastSegmentOf(generation)?.until ?? 0)
}

interface Found {
  readonly generation: string
  readonly point: Point
  readonly snapshot: SnapshotFile
  readonly segments: readonly SegmentFile[]
}

function pointsOf(generation: string, to: number | undefined): Found | undefined {
  const snapshots = snapshotsOf(generation).filter(({ at }) => to === undefined || at <= to)
  const newest = snapshots.at(-1)
  if (newest === undefined) return undefined
  const segments = segmentsOf(generation)
  const point = to === undefined ? everything(newest, segments) : lastBefore(to, newest, segments)
  const snapshot = snapshots.findLast((one) => point.until === undefined || isAtOrBefore(one, point.until))
  return snapshot && { generation, point, snapshot, segments }
}

function everything(newest: SnapshotFile, segments: readonly SegmentFile[]): Point {
  const last = segments.at(-1)
  const segment = Math.max(newest.segment, last?.number ?? 0)
  return { ms: Math.max(newest.at, last?.until ?? 0), segment, until: undefined }
}

function lastBefore(to: number, newest: SnapshotFile, segments: readonly SegmentFile[]): Point {
  const marked = lastMark(to, segments)
  if (marked !== undefined && marked.ms >= newest.at) return marked
  // The snapshot's head is read before its checksum is: a damaged one is found out when it is unpacked.
  const { place } = readHead<SnapshotHead>(newest.path, 'snapshot')
  return { ms: newest.at, segment: newest.segment, until: place }
}

// All marks up to a time lie in the segments up to the first one whose `until` is past it.
function lastMark(to: number, segments: readonly SegmentFile[]): Point | undefined {
  const past = segments.findIndex(({ until }) => until > to)
  const last = segments.at(past)
  if (past === -1 && last !== undefined) {
    const { readAt } = readSegment(last, undefined).head
    if (to >= readAt) return { ms: readAt, segment: last.number, until: undefined }
  }
  for (let at = past === -1 ? segments.length - 1 : past; at >= 0; at--) {
    const segment = segments[at]
    if (segment === undefined) break
    const { marks } = readSegment(segment, undefined).head
    const mark = marks.findLast(([ms]) => ms <= to)
    if (mark !== undefined) return { ms: mark[0], segment: segment.number, until: { round: mark[1], frame: mark[2] } }
  }
  return undefined
}

function isAtOrBefore(snapshot: SnapshotFile, place: Place): boolean {
  return comparePlaces(readHead<SnapshotHead>(snapshot.path, 'snapshot').place, place) <= 0
}

function nothing(folder: string, to: number | undefined): BackupError {
  const [first] = rangesOf(folder).toSorted((one, other) => one.from - other.from)
  if (first === undefined || to === undefined) return new BackupError(`${folder} holds no backup`)
  const [asked, earliest] = [to, first.from].map((ms) => new Date(ms).toISOString())
  return new BackupError(`${folder} holds nothing as old as ${asked}; the oldest is of ${earliest}`)
}
