// Runs some test files in one process of their own and gathers what became of them.
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { processFlags } from '../../src/base/process_flags.ts'
import type { Batch } from './find_tests.ts'
import type { Ran, Result } from './results.ts'

/** How to run: a pattern for titles, and who hears each result as it comes. */
export interface RunOptions {
  readonly name: string | undefined
  readonly report: (result: Result) => void
  /** Hears how long each file took, once its last test has ended. */
  readonly time?: (path: string, ms: number) => void
  /** After this the process is ended and the run has failed; something in it waits for ever. */
  readonly deadlineMs?: number
  /** A module that is loaded before the tests. */
  readonly preload?: string
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>
}

/** One test may take this long, unless a run has a deadline of its own; one process this long. */
const TEST_MS = 300_000
const PROCESS_MS = 1_200_000
const OUTPUT_CHARS = 20_000

const FLAGS = [
  ...processFlags,
  '--disable-warning=ExperimentalWarning',
  '--expose-gc',
  '--test',
  '--test-isolation=none',
  `--test-reporter=${join(import.meta.dirname, 'reporter.ts')}`,
]

/** Every result of the files, and a failed one more for a process that ended badly or a file without tests. */
export async function runFiles(root: string, { paths }: Batch, options: RunOptions): Promise<Result[]> {
  const results: Result[] = []
  const seen = new Set<string>()
  const take = (result: Result): void => {
    results.push(result)
    seen.add(result.file)
    options.report(result)
  }
  const files = timing(options.time)
  const flags = [
    ...FLAGS,
    `--test-timeout=${options.deadlineMs ?? TEST_MS}`,
    ...(options.name === undefined ? [] : [`--test-name-pattern=${options.name}`]),
    ...(options.preload === undefined ? [] : [`--import=${options.preload}`]),
  ]
  // Shared by all, and by what they start: half of a start is compiling.
  const cache = { NODE_COMPILE_CACHE: join(root, '.plinth/compile-cache') }
  const env = { ...process.env, ...cache, ...options.environment }
  const stdio = ['ignore' as const, 'pipe' as const, 'pipe' as const, 'ipc' as const]
  const child = spawn(process.execPath, [...flags, ...paths], { cwd: root, env, stdio })
  child.on('message', (message) => {
    const told = message as Result | Ran // Our own reporter is the only one that speaks on this channel.
    if (!('ran' in told)) return take(told)
    seen.add(told.ran)
    files.begin(told.ran)
  })
  const ending = await endOf(child, options.deadlineMs ?? PROCESS_MS)
  files.end()
  if (ending.fault !== undefined && !hasFailures(results)) take(broken(paths, ending.fault, ending.output))
  if (options.name === undefined) missing(paths, seen).forEach(take)
  return results
}

/** Files of a process run one after the other: each ends where the next begins. */
function timing(tell: RunOptions['time'] = () => {}): { begin(path: string): void; end(): void } {
  const state: { current?: { path: string; ms: number } } = {}
  const end = (): void => {
    const { current } = state
    if (current !== undefined) tell(current.path, performance.now() - current.ms)
  }
  const begin = (path: string): void => {
    end()
    state.current = { path, ms: performance.now() }
  }
  return { begin, end }
}

/** What went wrong with the process itself, and the last it printed. */
async function endOf(child: ChildProcess, deadlineMs: number): Promise<{ fault: string | undefined; output: string }> {
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => printed.push(text))
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (...ending) => resolve(ending))
  })
  clearTimeout(timer)
  const output = printed.join('').slice(-OUTPUT_CHARS)
  return { fault: code === 0 ? undefined : `the process ended with ${signal ?? `code ${code}`}`, output }
}

function hasFailures(results: readonly Result[]): boolean {
  return results.some(({ outcome }) => outcome === 'failed')
}

function broken(paths: readonly string[], fault: string, output: string): Result {
  const title = `the process of ${paths.length} test files ends well`
  const detail = `${fault}\n${paths.join('\n')}\n${output}`
  return { file: paths[0] ?? '', line: 1, title, outcome: 'failed', detail, ms: 0 }
}

function missing(paths: readonly string[], seen: ReadonlySet<string>): Result[] {
  return paths
    .filter((path) => !seen.has(path))
    .map((path) => ({
      file: path,
      line: 1,
      title: `${path} holds tests`,
      outcome: 'failed',
      detail: 'No test of it ran.',
      ms: 0,
    }))
}
