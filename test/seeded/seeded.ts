// Runs the tests of a guarantee again, in a process whose source has a fault: each of them must turn red by it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { whyNoPostgres } from '../postgres.ts'
import type { Result } from '../run/results.ts'
import { runFiles } from '../run/run_files.ts'
import { type Fault, seededEnvironment, withEdits } from './fault.ts'

const root = join(import.meta.dirname, '../..')

/** The tests that a fault must turn red. */
export interface Red {
  /** The test file. */
  readonly tests: string
  /** What the titles begin with. Each test of that title must fail; on PostgreSQL too in the nightly tests. */
  readonly titles: readonly string[]
  /** Where the fault shows on one engine alone, with the reason in the title of the control. */
  readonly only?: 'sqlite' | 'postgres'
}

/** What is seeded where, and what it must turn red. */
export interface Seeded extends Red, Fault {
  /** Where one file is not enough: what else is changed. */
  readonly and?: Fault
}

/** Set in the nightly tests, which seed every fault, on each engine where it shows. */
export const everywhere = 'PLINTH_CONTROLS_EVERYWHERE'
const isEverywhere = (): boolean => process.env[everywhere] !== undefined

const declared = new Set<string>()

/**
 * Declares a control: with the fault, the tests are red. By day the first fault of each test file is seeded, on SQLite
 * where it shows there: each is a start of its own, and all of them took a quarter of a run.
 */
export function control(title: string, seeded: Seeded): void {
  if (!isEverywhere() && declared.has(seeded.tests)) return
  declared.add(seeded.tests)
  void test(`control: ${title}`, async (t) => {
    const missing = seeded.only === 'postgres' ? await whyNoPostgres() : undefined
    if (missing !== undefined) return t.skip(missing.skip)
    assert.deepEqual(await notRed(seeded), [])
  })
}

/** What did not turn red: a title of which no test ran, a test that passed, or failed by anything but an assertion. */
export async function notRed({ file, edits, and, ...red }: Seeded): Promise<string[]> {
  const faults = [{ file, edits }, ...(and === undefined ? [] : [and])]
  for (const fault of faults) withEdits(readFileSync(join(root, fault.file), 'utf8'), fault)
  const results = await runWith(faults, red)
  return red.titles.flatMap((title) => {
    const found = results.filter((one) => one.title.startsWith(title) && isAsked(one, red))
    if (!found.some(({ outcome }) => outcome !== 'skipped')) return [`"${title}": no test ran\n${told(results)}`]
    return found.filter((one) => one.outcome !== 'skipped' && !isRed(one)).map(wrong)
  })
}

/** By an assertion: a process that died, or source that is none, would turn everything red. */
const isRed = ({ outcome, detail }: Result): boolean => outcome === 'failed' && detail.includes('AssertionError')

const isAsked = ({ title }: Result, { only }: Red): boolean =>
  only === undefined || title.endsWith(`, ${only}`) || title.endsWith(`on ${only}`)

const wrong = ({ title, outcome, detail }: Result): string => `"${title}" ${outcome}: ${detail.slice(0, 500)}`

const told = (results: readonly Result[]): string => results.map(wrong).join('\n')

// Databases that a fault helped to make are for nobody else, and the other way round. Elsewhere a fault changes at most
// what is asked of the database, and those of other tables are not given to it.
const makesTables = ({ file }: Fault): boolean => /^src\/(store|server)\//.test(file)
const alone = { PLINTH_TEST_RUN: '' }

/** What a title must not end with. */
const left = (only: Red['only']): string => (only === 'postgres' || isEverywhere() ? '' : '(?!.*(?:, |on )postgres$)')

async function runWith(faults: readonly Fault[], { tests, titles, only }: Red): Promise<Result[]> {
  const end = left(only)
  const name = titles.map((title) => `^${title.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${end}`).join('|')
  return runFiles(
    root,
    { paths: [tests] },
    {
      name,
      report: () => {},
      preload: join(import.meta.dirname, 'preload.ts'),
      environment: { [seededEnvironment]: JSON.stringify(faults), ...(faults.some(makesTables) && alone) },
    },
  )
}
