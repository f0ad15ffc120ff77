// Every test file is run once, the longest begins first, and no process is left with more than its share.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findTests } from './find_tests.ts'
import { keepDurations, readDurations } from './durations.ts'

const wanted = { filter: [], nightly: false, lanes: 4 }

/** A tree with 60 files that share processes and two that do not. */
function tree(): string {
  const root = mkdtempSync(join(tmpdir(), 'plinth-find-'))
  mkdirSync(join(root, 'src'))
  const names = Array.from({ length: 60 }, (_, n) => `n${String(n).padStart(2, '0')}.test.ts`)
  for (const name of [...names, 'a.process.test.ts', 'b.process.test.ts', 'c.nightly.ts'])
    writeFileSync(join(root, 'src', name), '')
  return root
}

test('what took long begins first and shares its process with little', () => {
  const root = tree()
  const durations = new Map([
    ['src/n07.test.ts', 40_000],
    ['src/n08.test.ts', 12_000],
    ['src/b.process.test.ts', 50_000],
  ])

  const batches = findTests(root, { ...wanted, durations })

  deepEqual(batches[0]?.paths, ['src/b.process.test.ts'])
  deepEqual(batches[1]?.paths, ['src/n07.test.ts'])
  const found = batches.flatMap(({ paths }) => paths)
  deepEqual([found.length, new Set(found).size], [62, 62])
  ok(batches.slice(2).every(({ paths }) => paths.length <= 20))
  rmSync(root, { recursive: true })
})

test('without anything known the files are shared alike', () => {
  const root = tree()

  const batches = findTests(root, { ...wanted, durations: new Map() })

  deepEqual(
    batches.map(({ paths }) => paths.length).toSorted((a, b) => a - b),
    [1, 1, 15, 15, 15, 15],
  )
  rmSync(root, { recursive: true })
})

test('what is kept of a run is found by the next, and what cannot be read is nothing', () => {
  const root = tree()
  keepDurations(root, new Map([['src/n01.test.ts', 5]]), new Map([['src/n02.test.ts', 7.4]]))

  deepEqual(Object.fromEntries(readDurations(root)), { 'src/n01.test.ts': 5, 'src/n02.test.ts': 7 })
  writeFileSync(join(root, '.plinth/test-durations.json'), '{"src')
  equal(readDurations(root).size, 0)
  rmSync(root, { recursive: true })
})
