// The segments of a generation, wherever they lie: the newest in files of their own, older ones many to a file.
import { BackupError } from './backup_error.ts'
import { looseSegmentsOf, missingSegment, packsOf, type PackFile } from './folder.ts'
import type { PackHead, SegmentHead } from './heads.ts'
import { MissingPiece, readFirstLine, readPiece, readPieceInside, type Piece, type Slice } from './piece.ts'

/** A segment, and where it is. */
export interface SegmentFile {
  readonly generation: string
  readonly number: number
  readonly until: number
  readonly path: string
  /** Undefined where the file holds nothing else. */
  readonly slice: Slice | undefined
}

/** All segments in order, each once. A pack whose head cannot be read is passed over: its segments are missing then. */
export function segmentsOf(generation: string): SegmentFile[] {
  const found = new Map<number, SegmentFile>()
  for (const pack of packsOf(generation)) for (const one of inPack(generation, pack)) found.set(one.number, one)
  // A crash between packing and removing leaves both.
  for (const { path, number, until } of looseSegmentsOf(generation)) {
    found.set(number, { generation, number, until, path, slice: undefined })
  }
  return [...found.values()].toSorted((one, other) => one.number - other.number)
}

/** The segments from one number to another. Fails with BackupError that names the first one missing. */
export function between(generation: string, all: readonly SegmentFile[], from: number, to: number): SegmentFile[] {
  const found = new Map(all.map((segment) => [segment.number, segment]))
  return Array.from({ length: Math.max(to - Math.max(from, 1) + 1, 0) }, (_, at) => {
    const number = Math.max(from, 1) + at
    const segment = found.get(number)
    if (segment === undefined) throw notThere(generation, number)
    return segment
  })
}

/** Reads a segment and holds it against its name and the one before. Fails with BackupError. */
export function readSegment(file: SegmentFile, previous: string | undefined): Piece<SegmentHead> {
  const piece = readWhereItIs(file)
  const { head } = piece
  if (head.number !== file.number || head.until !== file.until) {
    throw new BackupError(`${file.path} is not what its name says`)
  }
  if (previous !== undefined && head.previous !== previous) {
    throw new BackupError(`${file.path} does not follow the segment before it`)
  }
  return piece
}

function readWhereItIs(file: SegmentFile): Piece<SegmentHead> {
  try {
    return read(file)
  } catch (error) {
    if (!(error instanceof MissingPiece)) throw error
    // It may have been packed since the folder was listed.
    const now = segmentsOf(file.generation).find(({ number }) => number === file.number)
    if (now === undefined || now.path === file.path) throw error
    return read(now)
  }
}

const read = ({ path, slice }: SegmentFile): Piece<SegmentHead> =>
  slice === undefined ? readPiece<SegmentHead>(path, 'segment') : readPieceInside<SegmentHead>(path, slice, 'segment')

function inPack(generation: string, { path }: PackFile): SegmentFile[] {
  try {
    const { head, from } = readFirstLine<PackHead>(path, 'pack')
    let at = from
    return head.segments.map(([number, until, bytes]) => {
      const slice = { from: at, bytes }
      at += bytes
      return { generation, number, until, path, slice }
    })
  } catch (error) {
    if (error instanceof BackupError) return []
    throw error
  }
}

function notThere(generation: string, number: number): BackupError {
  const pack = packsOf(generation).find(({ first, last }) => first <= number && number <= last)
  if (pack !== undefined) return new BackupError(`${pack.path} is damaged: segment ${number} cannot be found in it`)
  return new MissingPiece(`${missingSegment(generation, number)} is missing`)
}
