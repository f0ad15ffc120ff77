// The form of SQLite's write-ahead log: its header, the heads of its frames, and the sums that chain them.
// https://www.sqlite.org/fileformat2.html#the_write_ahead_log
import { endianness } from 'node:os'
import { BackupError } from '../../backup/backup_error.ts'

export const headerBytes = 32
export const frameHeadBytes = 24

/** The two running sums. Each frame's cover every byte of the log before it, so a chain cannot be spliced. */
export type Sums = readonly [number, number]

export interface LogHeader {
  readonly pageSize: number
  /** The eight bytes that each frame repeats, in hexadecimal: they change whenever the log starts over. */
  readonly salts: string
  readonly sums: Sums
}

export interface FrameHead {
  readonly page: number
  /** Pages of the database after this frame; 0 unless the frame ends a transaction. */
  readonly databasePages: number
  readonly salts: string
  readonly sums: Sums
}

/** Written by a machine of this byte order; the sums are over words in that order. */
const ourMagic = endianness() === 'LE' ? 0x377f0682 : 0x377f0683
const foreignMagic = ourMagic ^ 1
const version = 3_007_000

/** Reads the header; undefined where there is none yet, or one that is being written. */
export function readLogHeader(bytes: Buffer): LogHeader | undefined {
  if (bytes.length < headerBytes) return undefined
  const magic = bytes.readUInt32BE(0)
  if (magic === foreignMagic) throw new BackupError('the log was written by a machine of another byte order')
  if (magic !== ourMagic || bytes.readUInt32BE(4) !== version) return undefined
  const sums = addSums([0, 0], wordsOf(bytes.subarray(0, 24)))
  if (sums[0] !== bytes.readUInt32BE(24) || sums[1] !== bytes.readUInt32BE(28)) return undefined
  return { pageSize: bytes.readUInt32BE(8), salts: bytes.toString('hex', 16, 24), sums }
}

/** Reads a frame's head at an offset. */
export function readFrameHead(bytes: Buffer, at: number): FrameHead {
  return {
    page: bytes.readUInt32BE(at),
    databasePages: bytes.readUInt32BE(at + 4),
    salts: bytes.toString('hex', at + 8, at + 16),
    sums: [bytes.readUInt32BE(at + 16), bytes.readUInt32BE(at + 20)],
  }
}

/** The sums after the frame at `at`: over the first eight bytes of its head, then its page. */
export function frameSums(before: Sums, frames: Frames, at: number): Sums {
  const { words, pageSize } = frames
  const first = at / 4
  const head = addSums(before, words.subarray(first, first + 2))
  const page = first + frameHeadBytes / 4
  return addSums(head, words.subarray(page, page + pageSize / 4))
}

/** Frames as they lie in the log, seen as bytes and as words. */
export interface Frames {
  readonly bytes: Buffer
  readonly words: Uint32Array
  readonly pageSize: number
}

/** Sees bytes as frames too; they must begin at a multiple of four. */
export function framesOf(bytes: Buffer, pageSize: number): Frames {
  return { bytes, words: wordsOf(bytes), pageSize }
}

/** Whether a log may follow another directly: starting over counts the first salt up by one. */
export function isSuccessor(salts: string, of: string): boolean {
  const [next, last] = [salts, of].map((text) => Number.parseInt(text.slice(0, 8), 16))
  return next === ((last ?? 0) + 1) % 2 ** 32
}

function addSums(sums: Sums, words: Uint32Array): Sums {
  let [one, two] = sums
  for (let at = 0; at < words.length; at += 2) {
    // Words exist up to the length; their number is even.
    one = (one + words[at]! + two) | 0
    two = (two + words[at + 1]! + one) | 0
  }
  return [one >>> 0, two >>> 0]
}

// A copy where the bytes do not begin at a word, which a Buffer from Node's pool may not.
function wordsOf(bytes: Buffer): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  return new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 4))
}
