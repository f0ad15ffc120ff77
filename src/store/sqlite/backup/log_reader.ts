// Reads SQLite's log from a descriptor of its own: which frames are committed, and their bytes.
import { readSync } from 'node:fs'
import { BackupError } from '../../backup/backup_error.ts'
import { frameHeadBytes, frameSums, framesOf, headerBytes, readFrameHead, readLogHeader } from './log_format.ts'
import type { FrameHead, LogHeader, Sums } from './log_format.ts'

/** A place in one log: after so many frames, with the sums they have there. */
export interface LogPlace {
  readonly frame: number
  readonly sums: Sums
}

/** Frames read at once while looking for the last commit. */
const blockFrames = 256

/**
 * The writer puts frames into the file before it makes them known, so whatever a reader of the database can see can be
 * read here. What is half written does not sum up and is not seen. Only committed frames are told: those of an open
 * transaction may be taken back and written over.
 */
export class LogReader {
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** The header; undefined for a log that is empty. */
  header(): LogHeader | undefined {
    return readLogHeader(this.#read(0, headerBytes))
  }

  /** The head of a frame (the first is 1); undefined where the file is shorter. */
  frameHead(header: LogHeader, frame: number): FrameHead | undefined {
    const bytes = this.#read(offsetOf(header, frame), frameHeadBytes)
    return bytes.length < frameHeadBytes ? undefined : readFrameHead(bytes, 0)
  }

  /** The place after the last committed frame at or after a place. */
  committedEnd(header: LogHeader, from: LogPlace): LogPlace {
    const size = frameHeadBytes + header.pageSize
    let end = from
    let { frame, sums } = from
    for (;;) {
      const block = framesOf(this.#read(offsetOf(header, frame + 1), blockFrames * size), header.pageSize)
      for (let at = 0; at + size <= block.bytes.length; at += size) {
        const head = readFrameHead(block.bytes, at)
        if (head.salts !== header.salts) return end
        sums = frameSums(sums, block, at)
        if (sums[0] !== head.sums[0] || sums[1] !== head.sums[1]) return end
        frame++
        if (head.databasePages > 0) end = { frame, sums }
      }
      if (block.bytes.length < blockFrames * size) return end
    }
  }

  /** The bytes of `count` frames after a place. Fails with BackupError where they are not there. */
  frames(header: LogHeader, after: number, count: number): Buffer {
    const bytes = this.#read(offsetOf(header, after + 1), count * (frameHeadBytes + header.pageSize))
    if (bytes.length === count * (frameHeadBytes + header.pageSize)) return bytes
    throw new BackupError(`the log ends before frame ${after + count}`)
  }

  #read(from: number, bytes: number): Buffer {
    // Not of Node's pool: it begins at a word.
    const buffer = Buffer.alloc(bytes)
    let length = 0
    while (length < bytes) {
      const read = readSync(this.#descriptor, buffer, length, bytes - length, from + length)
      if (read === 0) break
      length += read
    }
    return buffer.subarray(0, length)
  }
}

const offsetOf = ({ pageSize }: LogHeader, frame: number): number =>
  headerBytes + (frame - 1) * (frameHeadBytes + pageSize)
