// Finds the test files and deals them to processes.
import { globSync } from 'node:fs'
import { join, sep } from 'node:path'

/** Files for one process; isolated ones get a process each. */
export interface Batch {
  readonly paths: readonly string[]
}

/** What to run: parts of paths, the daily or the nightly suites, and how many processes may run at once. */
export interface Wanted {
  readonly filter: readonly string[]
  readonly nightly: boolean
  readonly lanes: number
}

/** A process that holds more files than this makes the others wait for it at the end. */
const FILES_PER_PROCESS = 25

/** Test files below src, test and examples: `*.process.test.ts` and `*.nightly.ts` alone, the rest together. */
export function findTests(root: string, { filter, nightly, lanes }: Wanted): Batch[] {
  const pattern = nightly ? '**/*.nightly.ts' : '**/*.test.ts'
  const found = ['src', 'test', 'examples']
    .flatMap((folder) => globSync(join(folder, pattern), { cwd: root, exclude: ['**/node_modules/**'] }))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => filter.length === 0 || filter.some((part) => path.includes(part)))
    .toSorted()
  const isAlone = (path: string): boolean => nightly || path.endsWith('.process.test.ts')
  const alone = found.filter(isAlone).map((path) => ({ paths: [path] }))
  return [
    ...alone,
    ...deal(
      found.filter((path) => !isAlone(path)),
      lanes,
    ),
  ]
}

/** Like cards, one to each in turn, so that a folder of slow suites is shared. */
function deal(paths: readonly string[], lanes: number): Batch[] {
  const hands = Math.min(paths.length, Math.max(lanes, Math.ceil(paths.length / FILES_PER_PROCESS)))
  return Array.from({ length: hands }, (_, hand) => ({ paths: paths.filter((_path, at) => at % hands === hand) }))
}
