// A reporter of node:test that hands each result to the process that started this one.
import type { TestEvent } from 'node:test/reporters'
import { isAbsolute, relative } from 'node:path'
import { inspect } from 'node:util'
import type { Result } from './results.ts'

type Ended = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>

// Frames of the test runner itself; nobody looks for a fault there.
const NODE_FRAMES = /^ +at .*\bnode:internal\/.*\n/gm
const BARE_SKIP = 'A skipped test must say why: { skip: "no PostgreSQL answers" }.'
const TODO = 'A test is written or it is not: todo hides which.'

/** Sends results to the parent; prints what belongs to no test, such as an error after the last one. */
export default async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
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

/** Undefined where others already tell it: a group that passed, or one that failed by what is in it. */
function resultOf(event: Ended, above: readonly string[]): Result | undefined {
  const { name, file, line, skip, todo, details } = event.data
  const at = { file: relative(process.cwd(), file ?? ''), line: line ?? 1, title: [...above, name].join(' > ') }
  if (todo !== undefined && todo !== false) return { ...at, outcome: 'failed', detail: TODO }
  if (skip !== undefined && skip !== false) return { ...at, ...skipped(skip) }
  if (event.type === 'test:fail') return failed(at, event.data.details.error)
  const isFile = isAbsolute(name) || name === at.file // Stands for a file that declared nothing.
  return details.type === 'suite' || isFile ? undefined : { ...at, outcome: 'passed', detail: '' }
}

function skipped(reason: string | true): Pick<Result, 'outcome' | 'detail'> {
  const isSaid = typeof reason === 'string' && reason.trim() !== ''
  return isSaid ? { outcome: 'skipped', detail: reason } : { outcome: 'failed', detail: BARE_SKIP }
}

function failed(at: Pick<Result, 'file' | 'line' | 'title'>, error: Error): Result | undefined {
  if ('failureType' in error && error.failureType === 'subtestsFailed') return undefined
  const reason = error.cause instanceof Error ? error.cause : error
  return { ...at, outcome: 'failed', detail: inspect(reason, { depth: 4 }).replaceAll(NODE_FRAMES, '') }
}
