// The write-ahead log as a file: one descriptor for its whole life, and its name safely in the directory.
import { closeSync, fdatasync, fstatSync, fsyncSync, openSync, readSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Sync } from './barrier.ts'
import { syncDirectory } from '../directory.ts'

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

/**
 * Opens `<file>-wal`, which the writer has made. The descriptor lives as long as the database: the kernel reports an
 * error of writing back to every descriptor that was open at that time, so one opened later would not hear of it. The
 * database file itself is never opened here: closing any descriptor of it drops SQLite's locks in this process.
 */
export function openLogFile(file: string, sync: Sync = fdatasync): LogFile {
  const descriptor = openSync(`${file}-wal`, 'r')
  fsyncSync(descriptor)
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
