// The runner believes nothing: a crash, a bare skip, a hang and an empty file are failures.
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { summary, type Result } from './results.ts'
import { runFiles } from './run_files.ts'

const folder = mkdtempSync(join(tmpdir(), 'plinth-run-'))
const HEAD = `import { describe, test } from 'node:test'\n`

async function run(body: string, deadlineMs = 20_000): Promise<Result[]> {
  writeFileSync(join(folder, 'sample.test.ts'), HEAD + body)
  return await runFiles(folder, { paths: ['sample.test.ts'] }, { name: undefined, report: () => {}, deadlineMs })
}

describe('the runner', () => {
  after(() => rmSync(folder, { recursive: true }))

  test('counts tests and not their groups', async () => {
    const results = await run(`describe('a', () => { test('b', () => {}); test('c', { skip: 'no sea' }, () => {}) })`)

    deepEqual(
      results.map(({ title, outcome, detail }) => [title, outcome, detail]),
      [
        ['a > b', 'passed', ''],
        ['a > c', 'skipped', 'no sea'],
      ],
    )
    match(summary(results).text, /\n1 passed, 0 failed, 1 skipped\n$/)
    equal(summary(results).isGood, true)
  })

  test('a failure is told once, with its cause', async () => {
    const results = await run(`describe('a', () => { test('b', () => { throw new Error('spilt') }) })`)

    equal(results.length, 1)
    match(results[0]!.detail, /spilt/)
    equal(summary(results).isGood, false)
  })

  for (const [title, body, reason] of [
    ['a skip without a reason', `test('a', { skip: true }, () => {})`, /must say why/],
    ['a todo', `test('a', { todo: true }, () => {})`, /todo hides/],
    ['a file that does not load', `import './nowhere.ts'`, /nowhere/],
    ['a file without tests', ``, /No test of it ran/],
    ['a process that dies', `test('a', () => process.exit(3))`, /ended with code 3|No test of it ran/],
    ['an error after the tests', `test('a', () => {}); setTimeout(() => { throw new Error('late') }, 50)`, /late/],
  ] as const) {
    test(`${title} is a failure`, async () => {
      const results = await run(body)

      ok(
        results.some(({ outcome, detail }) => outcome === 'failed' && reason.test(detail)),
        JSON.stringify(results),
      )
      equal(summary(results).isGood, false)
    })
  }

  test('a suite counts for the file that runs it, and for no other', async () => {
    writeFileSync(
      join(folder, 'suite.ts'),
      `${HEAD}export const suite = () => describe('a', () => { test('b', () => {}) })`,
    )
    writeFileSync(join(folder, 'engine.test.ts'), `import { suite } from './suite.ts'; suite()`)
    writeFileSync(join(folder, 'idle.test.ts'), `import './suite.ts'`)
    const paths = ['engine.test.ts', 'idle.test.ts']

    const results = await runFiles(folder, { paths }, { name: undefined, report: () => {} })

    deepEqual(
      results.map(({ file, title, outcome }) => [file, title, outcome]),
      [
        ['suite.ts', 'a > b', 'passed'],
        ['idle.test.ts', 'idle.test.ts holds tests', 'failed'],
      ],
    )
  })

  test('a process that never ends is ended and is a failure', async () => {
    const results = await run(`test('a', () => {}); setInterval(() => {}, 1000)`, 2_000)

    ok(
      results.some(({ detail }) => /SIGKILL/.test(detail)),
      JSON.stringify(results),
    )
  })

  test('nothing run is not success', () => {
    equal(summary([]).isGood, false)
    match(summary([]).text, /No test ran/)
  })
})
