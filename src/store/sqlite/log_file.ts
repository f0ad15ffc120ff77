// The write-ahead log as a file: one descriptor for its whole life, and its name safely in the directory.
import { closeSync, fdatasync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Sync } from './barrier.ts'
import { syncDirectory, syncNow } from '../directory.ts'
import { diskFailed } from '../disk_failed.ts'

export interface LogFile {
  /** Puts the log's bytes on the disk. */
  sync(done: (error: Error | null) => void): void
  /** Size in bytes. */
  size(): number
  /** What tells this log from the one before it started over, in hexadecimal; undefined while it is empty. */
  salts(): string | undefined
  close(): void
}

const HEADER_BYTES = 32
const CHUNK_BYTES = 1 << 20

/**
 * Writes the log over itself, byte for byte, and syncs it. After a failed sync its pages are in the cache alone, where
 * they count as written: a second sync would report success and write nothing. A checkpoint out of such a log that a
 * power cut interrupts leaves neither a whole database nor a log to mend it from. The caller holds the write lock.
 * Fails with broken.
 */
export function rewriteLog(file: string): void {
  const descriptor = openSync(`${file}-wal`, 'r+')
  try {
    if (writeOver(descriptor) > 0) syncNow(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Answers how many bytes there are. */
function writeOver(descriptor: number): number {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  try {
    for (let at = 0; ;) {
      const bytes = readSync(descriptor, chunk, 0, CHUNK_BYTES, at)
      if (bytes === 0) return at
      at += writeSync(descriptor, chunk, 0, bytes, at)
    }
  } catch (error) {
    throw diskFailed(error)
  }
}

/**
 * Opens `<file>-wal`, which the writer has made. The descriptor lives as long as the database: the kernel reports an
 * error of writing back to every descriptor that was open at that time, so one opened later would not hear of it. The
 * database file itself is never opened here: closing any descriptor of it drops SQLite's locks in this process.
 */
export function openLogFile(file: string, sync: Sync = fdatasync): LogFile {
  const descriptor = openSync(`${file}-wal`, 'r')
  syncNow(descriptor)
  syncDirectory(dirname(resolve(file)))
  const header = Buffer.alloc(HEADER_BYTES)
  return {
    sync: (done) => sync(descriptor, done),
    size: () => fstatSync(descriptor).size,
    salts: () => {
      const length = readSync(descriptor, header, 0, HEADER_BYTES, 0)
      return length < HEADER_BYTES ? undefined : header.toString('hex', 16, 24)
    },
    close: () => closeSync(descriptor),
  }
}
