// A piece of a backup: a file of one line that says what it is, a body, and the checksum of both as its last line.
import { createHash, type Hash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { makeDirectory, syncDirectory } from '../directory.ts'
import { BackupError } from './backup_error.ts'

/** The first line of a piece, parsed. */
export interface PieceHead {
  readonly type: string
}

/** What was written: its checksum names it in the pieces that follow. */
export interface Written {
  readonly sha256: string
  readonly bytes: number
}

/** A piece whose checksum was found right. */
export interface Piece<Head extends PieceHead> {
  readonly head: Head
  readonly sha256: string
  readonly body: Buffer
}

/** A piece read as a stream and found right; its body lies in the file from `from` up to `until`. */
export interface CheckedPiece<Head extends PieceHead> extends Written {
  readonly head: Head
  readonly from: number
  readonly until: number
}

/** The piece is not there (any more). */
export class MissingPiece extends BackupError {}

const format = 'plinth-backup-1'
/** The checksum in hexadecimal and a line feed. */
const trailerBytes = 65
/** A head carries the marks of one shipment; one larger than this is no head. */
const maxHeadBytes = 16 * 1024 * 1024

/**
 * Writes a piece so that it is there whole or not at all: under another name first, synced, then renamed, and the
 * directory synced. Fails as the file system does.
 */
export function writePiece(path: string, head: PieceHead, body: Uint8Array = new Uint8Array()): Written {
  return atomically(path, (write) => write(body), head)
}

/** Writes a piece whose body comes in parts, as `writePiece` does. */
export async function writeLargePiece(
  path: string,
  head: PieceHead,
  body: AsyncIterable<Uint8Array>,
): Promise<Written> {
  const draft = openDraft(path, head)
  try {
    for await (const part of body) draft.write(part)
    return draft.finish()
  } catch (error) {
    draft.discard()
    throw error
  }
}

/** Reads a small piece whole. Fails with BackupError where it is missing, damaged or not what was expected. */
export function readPiece<Head extends PieceHead>(path: string, type: Head['type']): Piece<Head> {
  return parsePiece(path, contentOf(path), type)
}

/** Reads a piece that lies inside another file. Fails as `readPiece`, naming that file. */
export function readPieceInside<Head extends PieceHead>(
  path: string,
  { from, bytes }: Slice,
  type: Head['type'],
): Piece<Head> {
  return parsePiece(path, readAt(path, from, bytes), type)
}

/** Where a piece lies in another file. */
export interface Slice {
  readonly from: number
  readonly bytes: number
}

function parsePiece<Head extends PieceHead>(path: string, bytes: Buffer, type: Head['type']): Piece<Head> {
  const end = bytes.length - trailerBytes
  const sha256 = createHash('sha256')
    .update(bytes.subarray(0, Math.max(end, 0)))
    .digest('hex')
  if (end < 0 || bytes.toString('latin1', end) !== `${sha256}\n`) throw damaged(path)
  const line = bytes.indexOf(0x0a)
  const head = headFrom<Head>(path, type, bytes.subarray(0, Math.max(line, 0)))
  return { head, sha256, body: bytes.subarray(line + 1, end) }
}

/** Reads a large piece to its end. Fails with BackupError where it is missing, damaged or not what was expected. */
export async function checkPiece<Head extends PieceHead>(
  path: string,
  type: Head['type'],
): Promise<CheckedPiece<Head>> {
  const bytes = sizeOf(path)
  const until = bytes - trailerBytes
  if (until < 0) throw damaged(path)
  const hash = createHash('sha256')
  const parts: AsyncIterable<Buffer> = createReadStream(path, { end: Math.max(until - 1, 0) })
  for await (const part of parts) hash.update(part)
  const sha256 = hash.digest('hex')
  if (readAt(path, until, trailerBytes).toString('latin1') !== `${sha256}\n`) throw damaged(path)
  const { head, from } = readFirstLine<Head>(path, type)
  return { head, sha256, bytes, from, until }
}

/** Reads the first line alone, before its checksum is known to hold: whoever uses the body must check the piece. */
export function readHead<Head extends PieceHead>(path: string, type: Head['type']): Head {
  return readFirstLine<Head>(path, type).head
}

/** As `readHead`, and where the body begins. */
export function readFirstLine<Head extends PieceHead>(
  path: string,
  type: Head['type'],
): { readonly head: Head; readonly from: number } {
  for (let size = 4_096; size <= maxHeadBytes; size *= 8) {
    const bytes = readAt(path, 0, size)
    const line = bytes.indexOf(0x0a)
    if (line >= 0) return { head: headFrom<Head>(path, type, bytes.subarray(0, line)), from: line + 1 }
    if (bytes.length < size) break
  }
  throw damaged(path)
}

interface Draft {
  write(part: Uint8Array): void
  finish(): Written
  discard(): void
}

function atomically(path: string, work: (write: (part: Uint8Array) => void) => void, head: PieceHead): Written {
  const draft = openDraft(path, head)
  try {
    work((part) => draft.write(part))
    return draft.finish()
  } catch (error) {
    draft.discard()
    throw error
  }
}

function openDraft(path: string, head: PieceHead): Draft {
  const part = `${path}.part`
  if (!existsSync(dirname(path))) makeDirectory(dirname(path))
  const descriptor = openSync(part, 'w')
  const hash = createHash('sha256')
  const state = { bytes: 0, isOpen: true }
  const put = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at)
    state.bytes += bytes.length
  }
  const close = (): void => {
    if (state.isOpen) closeSync(descriptor)
    state.isOpen = false
  }
  const write = (bytes: Uint8Array): void => hashed(hash, bytes, put)
  write(Buffer.from(`${JSON.stringify({ format, ...head })}\n`))
  return {
    write,
    finish: () => {
      const sha256 = hash.digest('hex')
      put(Buffer.from(`${sha256}\n`))
      fsyncSync(descriptor)
      close()
      renameSync(part, path)
      syncDirectory(dirname(path))
      return { sha256, bytes: state.bytes }
    },
    discard: () => {
      close()
      rmSync(part, { force: true })
    },
  }
}

function hashed(hash: Hash, bytes: Uint8Array, put: (bytes: Uint8Array) => void): void {
  hash.update(bytes)
  put(bytes)
}

function headFrom<Head extends PieceHead>(path: string, type: Head['type'], line: Buffer): Head {
  let head: unknown
  try {
    head = JSON.parse(line.toString('utf8'))
  } catch (error) {
    throw new BackupError(`${path} is damaged: its first line is no JSON`, { cause: error })
  }
  if (typeof head !== 'object' || head === null || !('format' in head) || !('type' in head)) throw damaged(path)
  if (head.format !== format) throw new BackupError(`${path} has format ${String(head.format)}, this reads ${format}`)
  if (head.type !== type) throw new BackupError(`${path} is a ${String(head.type)}, not a ${type}`)
  // The format is right, and so is the type: this is what this program wrote, as far as its checksum holds.
  return head as object as Head
}

function contentOf(path: string): Buffer {
  return orMissing(path, () => readFileSync(path))
}

function sizeOf(path: string): number {
  return orMissing(path, () => statSync(path).size)
}

function readAt(path: string, from: number, bytes: number): Buffer {
  const descriptor = orMissing(path, () => openSync(path, 'r'))
  try {
    const buffer = Buffer.alloc(bytes)
    return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, from))
  } finally {
    closeSync(descriptor)
  }
}

function orMissing<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    throw new MissingPiece(`${path} is missing`, { cause: error })
  }
}

const damaged = (path: string): BackupError => new BackupError(`${path} is damaged: its checksum does not hold`)
