// Finds the test files and deals them to processes.
import { globSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Durations } from './durations.ts'

/** Files for one process; isolated ones get a process each. */
export interface Batch {
  readonly paths: readonly string[]
}

/** What to run: parts of paths, the daily or the nightly suites; how many processes at once; what is known of each. */
export interface Wanted {
  readonly filter: readonly string[]
  readonly nightly: boolean
  readonly lanes: number
  readonly durations: Durations
}

/** A process that holds more than this makes the others wait for it at the end. */
const FILES_PER_PROCESS = 25
const MS_PER_PROCESS = 15_000

/** Each process loads the house anew; on a busy machine everything took long. */
const PROCESSES_PER_LANE = 6

/** What a file is taken to need that was never run: those in a process of their own start others. */
const UNKNOWN_MS = { alone: 10_000, together: 1_000 }

/** Test files below src, test and examples: `*.process.test.ts` and `*.nightly.ts` alone, the rest together. */
export function findTests(root: string, { filter, nightly, lanes, durations }: Wanted): Batch[] {
  const pattern = nightly ? '**/*.nightly.ts' : '**/*.test.ts'
  const found = ['src', 'test', 'examples']
    .flatMap((folder) => globSync(join(folder, pattern), { cwd: root, exclude: ['**/node_modules/**'] }))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => filter.length === 0 || filter.some((part) => path.includes(part)))
    .toSorted()
  const isAlone = (path: string): boolean => nightly || path.endsWith('.process.test.ts')
  const timed = found.map((path): Timed => {
    const unknown = isAlone(path) ? UNKNOWN_MS.alone : UNKNOWN_MS.together
    return { path, ms: durations.get(path) ?? unknown }
  })
  const alone = timed.filter(({ path }) => isAlone(path)).map((one) => handOf([one]))
  const together = deal(
    timed.filter(({ path }) => !isAlone(path)),
    lanes,
  )
  return [...alone, ...together].toSorted((a, b) => b.ms - a.ms)
}

interface Timed {
  readonly path: string
  readonly ms: number
}

interface Hand extends Batch {
  readonly ms: number
}

const handOf = (files: readonly Timed[]): Hand => ({
  paths: files.map(({ path }) => path),
  ms: files.reduce((sum, { ms }) => sum + ms, 0),
})

/** The longest first, each to whoever has least: the hands are alike in time, and a folder of slow suites is shared. */
function deal(files: readonly Timed[], lanes: number): Hand[] {
  const { ms } = handOf(files)
  const short = Math.min(PROCESSES_PER_LANE * lanes, Math.ceil(ms / MS_PER_PROCESS))
  const wanted = Math.max(lanes, Math.ceil(files.length / FILES_PER_PROCESS), short)
  const hands = Array.from({ length: Math.min(files.length, wanted) }, () => ({ files: [] as Timed[], ms: 0 }))
  for (const file of files.toSorted((a, b) => b.ms - a.ms)) {
    const least = hands.reduce((found, hand) => (hand.ms < found.ms ? hand : found))
    least.files.push(file)
    least.ms += file.ms
  }
  return hands.map((hand) => handOf(hand.files))
}
