// A reporter of node:test that hands each result to the process that started this one.
import { tracingChannel } from 'node:diagnostics_channel'
import type { TestEvent } from 'node:test/reporters'
import { isAbsolute, relative } from 'node:path'
import { inspect } from 'node:util'
import type { Ran, Result } from './results.ts'

/** What Node's channel says of a test that begins; the file is null for the root. */
interface Started {
  readonly type: string
  readonly name: string
  readonly file: string | null
}

type Ended = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>

// Frames of the test runner itself; nobody looks for a fault there.
const NODE_FRAMES = /^ +at .*\bnode:internal\/.*\n/gm
const BARE_SKIP = 'A skipped test must say why: { skip: "no PostgreSQL answers" }.'
const TODO = 'A test is written or it is not: todo hides which.'

/** Sends results to the parent; prints what belongs to no test, such as an error after the last one. */
const reporter = (events: AsyncIterable<TestEvent>): AsyncGenerator<string> => {
  tellFilesThatRan() // now: a generator would begin with its first event, when tests have run
  return tellResults(events)
}
export default reporter // Node calls an arrow; a `function` it would take for a class.

async function* tellResults(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const titles: string[] = []
  for await (const event of events) {
    if (event.type === 'test:diagnostic') yield `${event.data.message}\n`
    if (event.type === 'test:start') titles.splice(event.data.nesting, Infinity, event.data.name)
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const result = resultOf(event, titles.slice(0, event.data.nesting))
      if (result !== undefined) process.send?.(result)
    }
  }
}

// A result names the file that declares its test, which is a suite's file where several engines run one suite. Only
// this channel also names the file that was run, and that is the one which must not be empty.
function tellFilesThatRan(): void {
  const told = new Set<string>()
  tracingChannel('node.test').start.subscribe((message) => {
    const { type, name, file } = message as Started
    const ran = relative(process.cwd(), file ?? '')
    if (type !== 'test' || file === null || told.has(ran) || standsForFile(name, ran)) return
    told.add(ran)
    process.send?.({ ran } satisfies Ran)
  })
}

/** Undefined where others already tell it: a group that passed, or one that failed by what is in it. */
function resultOf(event: Ended, above: readonly string[]): Result | undefined {
  const { name, file, line, skip, todo, details } = event.data
  const title = [...above, name].join(' > ')
  const at = { file: relative(process.cwd(), file ?? ''), line: line ?? 1, title, ms: details.duration_ms }
  if (todo !== undefined && todo !== false) return { ...at, outcome: 'failed', detail: TODO }
  if (skip !== undefined && skip !== false) return { ...at, ...skipped(skip) }
  if (event.type === 'test:fail') return failed(at, event.data.details.error)
  return details.type === 'suite' || standsForFile(name, at.file) ? undefined : { ...at, outcome: 'passed', detail: '' }
}

/** Node passes a test of the file's own name where the file declared nothing. */
const standsForFile = (name: string, file: string): boolean => isAbsolute(name) || name === file

function skipped(reason: string | true): Pick<Result, 'outcome' | 'detail'> {
  const isSaid = typeof reason === 'string' && reason.trim() !== ''
  return isSaid ? { outcome: 'skipped', detail: reason } : { outcome: 'failed', detail: BARE_SKIP }
}

function failed(at: Pick<Result, 'file' | 'line' | 'title' | 'ms'>, error: Error): Result | undefined {
  if ('failureType' in error && error.failureType === 'subtestsFailed') return undefined
  const reason = error.cause instanceof Error ? error.cause : error
  return { ...at, outcome: 'failed', detail: inspect(reason, { depth: 4 }).replaceAll(NODE_FRAMES, '') }
}
