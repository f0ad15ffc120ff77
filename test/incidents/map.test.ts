// The map of incidents names tests that are there, for every row of the list.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Incident, incidents, type Named, type NotHere } from './map.ts'

const root = join(import.meta.dirname, '../..')

/** What is wrong with a map: rows left out, and tests that are not there. */
function findings(map: readonly (Incident | NotHere)[], rows: number): string[] {
  const known = map.map(({ row }) => row)
  const missing = Array.from({ length: rows }, (_, at) => at + 1).filter((row) => !known.includes(row))
  return [...missing.map((row) => `row ${row} is not in the map`), ...map.flatMap(wrongIn)]
}

function wrongIn(one: Incident | NotHere): string[] {
  if ('notApplicable' in one) return one.notApplicable.length > 20 ? [] : [`row ${one.row}: no reason`]
  const { row, tests, controls } = one
  const empty = tests.length === 0 || controls.length === 0 ? [`row ${row}: no test, or no control`] : []
  const lost = [...tests, ...controls].filter((named) => !isThere(named))
  return [...empty, ...lost.map(({ file, title }) => `row ${row}: "${title}" is not in ${file}`)]
}

// A title that is part of a comment alone would be none: it stands in quotes.
function isThere({ file, title }: Named): boolean {
  const path = join(root, file)
  if (!existsSync(path)) return false
  return readFileSync(path, 'utf8')
    .split('\n')
    .some((line) => line.includes(title) && /['"`]/.test(line) && !/^\s*(\/\/|\*)/.test(line))
}

test('every row of the list has a test and a control, or a reason', () => {
  assert.deepEqual(findings(incidents, 28), [])
})

test('control: a row left out, a test renamed and a reason not given are found', () => {
  const [first] = incidents.filter((one): one is Incident => 'tests' in one)
  const renamed = { ...first!, tests: [{ file: 'test/surface/fields.test.ts', title: 'a title nobody gave' }] }
  const moved = { ...first!, tests: [{ file: 'test/surface/nowhere.test.ts', title: 'control' }] }

  assert.equal(findings([], 28).length, 28)
  assert.equal(findings([renamed], 1).length, 1)
  assert.equal(findings([moved], 1).length, 1)
  assert.equal(findings([{ ...first!, controls: [] }], 1).length, 1)
  assert.equal(findings([{ row: 1, what: '', notApplicable: '' }], 1).length, 1)
})
