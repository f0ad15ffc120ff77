// Runs every test of the repository in few processes and ends with one line: passed, failed, skipped.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { exit, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { checkTypes } from './run/check_types.ts'
import { withDatabases } from './run/databases.ts'
import { keepDurations, readDurations } from './run/durations.ts'
import { findTests } from './run/find_tests.ts'
import { runInTurns } from './run/turns.ts'
import { slowest, summary, type Result } from './run/results.ts'
import { runFiles } from './run/run_files.ts'

const HELP = `node test/run.ts [--filter part-of-path]… [--name pattern] [--slowest count] [--nightly]

  --filter   only files whose path holds this text; 'types' stands for the type check
  --name     only tests whose title matches this pattern
  --slowest  at the end, so many files that took longest
  --nightly  the long suites (*.nightly.ts) instead of the daily ones
  --help     this text

Suites that need PostgreSQL look for it at PLINTH_TEST_POSTGRES, then on this machine; without one they are skipped.
`

const { values: options } = parseArgs({
  options: {
    filter: { type: 'string', multiple: true, default: [] },
    name: { type: 'string' },
    slowest: { type: 'string', default: '0' },
    nightly: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) {
  stdout.write(HELP)
  exit(0)
}

const root = join(import.meta.dirname, '..')
// Some of what tests do is waiting, for disks, databases and times; with two for each core they wait for each other,
// and what they do costs a fifth more.
const lanes = availableParallelism() + 1
const before = readDurations(root)
const batches = findTests(root, { ...options, lanes, durations: before })
const withTypes = !options.nightly && options.name === undefined && wants('types')
const files = batches.reduce((sum, { paths }) => sum + paths.length, 0)
stdout.write(`${files} test files in ${batches.length} processes, ${lanes} at a time\n`)

/** One nightly suite may take three hours: thousands of kills and restarts do. */
const NIGHTLY_MS = 10_800_000

const deadline = options.nightly ? { deadlineMs: NIGHTLY_MS } : {}
const measured = new Map<string, number>()
const time = (path: string, ms: number): void => void measured.set(path, ms)
const tasks = [
  ...(withTypes ? [() => checkTypes(root)] : []),
  ...batches.map((batch) => () => runFiles(root, batch, { name: options.name, report: show, time, ...deadline })),
]
const results = (await withDatabases(() => runInTurns(tasks, lanes))).flat()
if (withTypes) results.filter(({ file }) => file === 'tsconfig.json').forEach(show)
// Some tests of a file say little of how long all of them take.
if (options.name === undefined) keepDurations(root, before, measured)
const { text, isGood } = summary(results)
stdout.write(slowest(results, Number(options.slowest)) + text)
exit(isGood ? 0 : 1)

function wants(part: string): boolean {
  return options.filter.length === 0 || options.filter.some((filter) => part.includes(filter))
}

function show(result: Result): void {
  if (result.outcome === 'failed')
    stdout.write(`\nFAILED ${result.title}\n  at ${result.file}:${result.line}\n${indent(result.detail)}\n`)
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
