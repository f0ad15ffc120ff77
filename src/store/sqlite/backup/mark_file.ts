// The marks that no segment holds yet, kept beside the database: a process that is killed must not take them with it.
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { SyncMark } from './ship_log.ts'

const pathOf = (file: string): string => `${file}.marks`

/** Written with each sync and never synced itself: a kill leaves it whole, a power cut ends the history before it. */
export class MarkFile {
  readonly #descriptor: number

  /** Begins empty: what it held has been read by then. */
  constructor(file: string) {
    this.#descriptor = openSync(pathOf(file), 'a')
    ftruncateSync(this.#descriptor)
  }

  append(mark: SyncMark): void {
    writeSync(this.#descriptor, lineOf(mark))
  }

  /** Forgets all but these. */
  keepOnly(marks: readonly SyncMark[]): void {
    ftruncateSync(this.#descriptor)
    if (marks.length > 0) writeSync(this.#descriptor, marks.map(lineOf).join(''))
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** Reads what a killed process left; nothing where there is no file. A last line that was cut short is passed over. */
export function readMarks(file: string): SyncMark[] {
  return contentOf(pathOf(file))
    .split('\n')
    .flatMap((line) => {
      const [, ms, salts, frame] = /^(\d+) ([0-9a-f]{16}|-) (\d+)$/.exec(line) ?? []
      if (ms === undefined || salts === undefined || frame === undefined) return []
      return [{ ms: Number(ms), salts: salts === '-' ? undefined : salts, frame: Number(frame) }]
    })
}

const lineOf = ({ ms, salts, frame }: SyncMark): string => `${ms} ${salts ?? '-'} ${frame}\n`

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
