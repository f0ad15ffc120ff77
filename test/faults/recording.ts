// Reads a recording: what a process did to its files, and the answers it gave, in the order it happened.
import { readFileSync, truncateSync } from 'node:fs'
import { relative } from 'node:path'

/** One event. `ns` is when, in nanoseconds of `process.hrtime.bigint()`. */
export type Event = Happening & { readonly ns: bigint }

/** Paths are relative to the recorded directory, '' for itself; an inode is the file behind a path. */
export type Happening =
  | { readonly kind: 'found'; readonly inode: number; readonly path: string }
  | { readonly kind: 'created'; readonly inode: number; readonly path: string; readonly isDirectory: boolean }
  | { readonly kind: 'written'; readonly inode: number; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'cut'; readonly inode: number; readonly bytes: number }
  | { readonly kind: 'sync'; readonly inode: number; readonly token: number }
  | { readonly kind: 'synced'; readonly inode: number; readonly token: number }
  | { readonly kind: 'failed'; readonly inode: number; readonly token: number }
  | { readonly kind: 'unlinked'; readonly path: string }
  | { readonly kind: 'answered'; readonly head: string }

/** `struct note` of recorder.c: kind, bytes of data, inode, place, time; all little-endian. */
const NOTE_BYTES = 32
const NUMBERS = {
  found: 1,
  created: 2,
  written: 3,
  cut: 4,
  sync: 5,
  synced: 6,
  unlinked: 7,
  answered: 8,
  failed: 9,
} as const

/**
 * Cuts off a last note that the end of the process left unfinished: nobody had been told of what it says. To be called
 * before another process records to the same log.
 */
export function endRecording(log: string): void {
  const bytes = readFileSync(log)
  let at = 0
  const lengthAt = (from: number): number => NOTE_BYTES + bytes.readUInt32LE(from + 4)
  while (at + NOTE_BYTES <= bytes.length && at + lengthAt(at) <= bytes.length) at += lengthAt(at)
  if (at < bytes.length) truncateSync(log, at)
}

/** Reads the log of processes that have ended. Fails when it is cut short. */
export function readRecording(log: string, directory: string): Event[] {
  const bytes = readFileSync(log)
  const events: Event[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 4)
    const end = at + NOTE_BYTES + length
    if (end > bytes.length) throw new Error(`the recording ends in the middle of an event, at ${at}`)
    const ns = bytes.readBigInt64LE(at + 24)
    events.push({ ns, ...happeningOf(bytes, at, bytes.subarray(at + NOTE_BYTES, end), directory) })
    at = end
  }
  return events
}

function happeningOf(bytes: Buffer, from: number, data: Buffer, directory: string): Happening {
  const kind = bytes.readUInt32LE(from)
  const inode = Number(bytes.readBigUInt64LE(from + 8))
  const at = Number(bytes.readBigInt64LE(from + 16))
  const path = (): string => relative(directory, data.toString())
  switch (kind) {
    case NUMBERS.found:
      return { kind: 'found', inode, path: path() }
    case NUMBERS.created:
      return { kind: 'created', inode, path: path(), isDirectory: at === 1 }
    case NUMBERS.written:
      return { kind: 'written', inode, at, data }
    case NUMBERS.cut:
      return { kind: 'cut', inode, bytes: at }
    case NUMBERS.sync:
      return { kind: 'sync', inode, token: at }
    case NUMBERS.synced:
      return { kind: 'synced', inode, token: at }
    case NUMBERS.failed:
      return { kind: 'failed', inode, token: at }
    case NUMBERS.unlinked:
      return { kind: 'unlinked', path: path() }
    case NUMBERS.answered:
      return { kind: 'answered', head: data.toString('latin1') }
    default:
      throw new Error(`the recording holds an event of unknown kind ${kind}`)
  }
}

const REQUEST_ID = /\r\nx-request-id: step-(\d+)\r\n/i

/** The number of the step that an answer is for (its request carried `X-Request-Id: step-<number>`). */
export function stepOf(head: string): number | undefined {
  const found = REQUEST_ID.exec(head)?.[1]
  return found === undefined ? undefined : Number(found)
}
