// Builds the library that records what a process writes, and says how a process is started under it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The library, or why there is none on this machine. */
export type Recorder = { readonly library: string } | { readonly skip: string }

/** Compiles `recorder.c` into a directory that goes with this process. */
export function buildRecorder(): Recorder {
  if (process.platform !== 'linux') return { skip: 'the recorder of system calls is made for Linux' }
  const directory = mkdtempSync(join(tmpdir(), 'plinth-recorder-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const library = join(directory, 'recorder.so')
  const source = join(import.meta.dirname, 'recorder.c')
  const cc = spawnSync('cc', ['-std=gnu11', '-O2', '-shared', '-fPIC', '-o', library, source, '-ldl'])
  if (cc.error !== undefined) return { skip: 'there is no C compiler (cc) to build the recorder of system calls' }
  if (cc.status !== 0) throw new Error(`recorder.c does not compile: ${cc.stderr.toString()}`)
  return { library }
}

export interface RecordedBy {
  readonly library: string
  /** Absolute, without links. */
  readonly directory: string
  readonly log: string
  /** Microseconds that every sync takes longer. */
  readonly slowUs?: number
  /** Number of the one sync that fails with EIO, from 1. */
  readonly failing?: number | undefined
}

/** The environment of a process whose writes below the directory are to be recorded. */
export function recordedBy({ library, directory, log, slowUs = 0, failing = 0 }: RecordedBy): Record<string, string> {
  return {
    LD_PRELOAD: library,
    RECORD_BELOW: directory,
    RECORD_TO: log,
    RECORD_SLOW_US: `${slowUs}`,
    RECORD_FAIL_SYNC: `${failing}`,
    // libuv may hand file work to io_uring, which no library sees.
    UV_USE_IO_URING: '0',
  }
}
