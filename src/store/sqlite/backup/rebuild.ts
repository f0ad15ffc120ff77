// Builds a database file out of a snapshot and the segments after it.
import { closeSync, createReadStream, createWriteStream, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { BackupError } from '../../backup/backup_error.ts'
import type { Report } from '../../backup/check_pieces.ts'
import type { Choice } from '../../backup/choose.ts'
import { comparePlaces, type Place, type SnapshotHead } from '../../backup/heads.ts'
import { checkPiece } from '../../backup/piece.ts'
import { readSegment, type SegmentFile } from '../../backup/segments.ts'
import { frameHeadBytes, frameSums, framesOf, readFrameHead } from './log_format.ts'

/** Writes the database of a choice to a file that is not there yet. Fails with BackupError that names a bad piece. */
export async function rebuild(choice: Choice, target: string, report: Report): Promise<void> {
  await unpack(choice, target, report)
  const descriptor = openSync(target, 'r+')
  try {
    const state: Rebuilding = { descriptor, until: choice.until, pages: undefined, pageSize: 0, previous: undefined }
    for (const [at, segment] of choice.segments.entries()) {
      apply(state, segment)
      report(at + 1, choice.segments.length, 'segments applied')
    }
    if (state.pages !== undefined) ftruncateSync(descriptor, state.pages * state.pageSize)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

interface Rebuilding {
  readonly descriptor: number
  readonly until: Place | undefined
  /** Size of the database by the last commit. */
  pages: number | undefined
  pageSize: number
  /** Checksum of the segment before. */
  previous: string | undefined
}

async function unpack({ snapshot }: Choice, target: string, report: Report): Promise<void> {
  const { head, from, until } = await checkPiece<SnapshotHead>(snapshot.path, 'snapshot')
  let done = 0
  await pipeline(
    createReadStream(snapshot.path, { start: from, end: until - 1 }),
    createZstdDecompress(),
    async function* counted(parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        done += part.length
        report(done, head.bytes, 'bytes of the snapshot')
        yield part
      }
    },
    createWriteStream(target, { flags: 'wx', mode: 0o600 }),
  )
}

function apply(state: Rebuilding, file: SegmentFile): void {
  const { head, sha256, body } = readSegment(file, state.previous)
  state.previous = sha256
  if (head.frames === 0) return
  state.pageSize = head.pageSize
  const size = frameHeadBytes + head.pageSize
  const frames = framesOf(unpacked(file, body), head.pageSize)
  let { sums } = head
  for (let n = 0; n < head.frames; n++) {
    const place = { round: head.round, frame: head.after + n + 1 }
    if (state.until !== undefined && comparePlaces(place, state.until) > 0) return
    const at = n * size
    sums = frameSums(sums, frames, at)
    const { page, databasePages, sums: own, salts } = readFrameHead(frames.bytes, at)
    if (salts !== head.salts || own[0] !== sums[0] || own[1] !== sums[1]) throw wrongFrame(file, place)
    writeSync(state.descriptor, frames.bytes, at + frameHeadBytes, head.pageSize, (page - 1) * head.pageSize)
    if (databasePages > 0) state.pages = databasePages
  }
}

function unpacked({ path }: SegmentFile, body: Buffer): Buffer {
  try {
    return zstdDecompressSync(body)
  } catch (error) {
    throw new BackupError(`${path} cannot be unpacked`, { cause: error })
  }
}

// The piece's own checksum held, so this is not the disk's doing: the segment was made wrong.
function wrongFrame({ path }: SegmentFile, { round, frame }: Place): BackupError {
  return new BackupError(`${path}: frame ${frame} of round ${round} does not follow the one before it`)
}
