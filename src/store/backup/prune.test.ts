// What is older than the horizon goes, and nothing that a time since then needs.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { seededRandom } from '../../base/random.ts'
import { generationsOf, looseSegmentsOf, segmentPath, snapshotPath, snapshotsOf } from './folder.ts'
import { beginGeneration } from './generation.ts'
import { writePiece } from './piece.ts'
import { prune } from './prune.ts'

const day = 24 * 60 * 60_000
const start = Date.parse('2026-08-01T00:00:00Z')

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-prune-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A generation with a snapshot each day and four segments a day. */
function generation(folder: string, kind: 'shipped' | 'copy', from: number, days: number): string {
  const head = { engine: 'sqlite', kind, database: '/app.db', startedAt: start + from * day }
  const { generation: made } = beginGeneration(folder, head, seededRandom(from))
  for (let n = 0; n < days; n++) {
    const at = start + (from + n) * day
    writePiece(snapshotPath(made, n * 4, at), { type: 'snapshot' })
    for (const s of kind === 'shipped' ? [1, 2, 3, 4] : []) {
      writePiece(segmentPath(made, n * 4 + s, at + s), { type: 'segment' })
    }
  }
  return made
}

test('inside a generation the newest snapshot before the horizon stays, with all that follows it', (t) => {
  const folder = folderFor(t)
  const made = generation(folder, 'shipped', 0, 10)

  prune(folder, start + 3.5 * day)

  assert.deepEqual(
    snapshotsOf(made).map(({ segment }) => segment),
    [12, 16, 20, 24, 28, 32, 36],
  )
  assert.equal(looseSegmentsOf(made)[0]?.number, 12)
  assert.equal(looseSegmentsOf(made).length, 29)
})

test('a generation that ended before the horizon goes, but never the newest one with a snapshot', (t) => {
  const folder = folderFor(t)
  const old = generation(folder, 'shipped', 0, 2)
  const last = generation(folder, 'shipped', 2, 2)

  const removed = prune(folder, start + 30 * day)

  assert.ok(removed.includes(old))
  assert.deepEqual(generationsOf(folder), [last])
  assert.equal(snapshotsOf(last).length, 1)
})

test('a copy that somebody asked for is never removed', (t) => {
  const folder = folderFor(t)
  const copy = generation(folder, 'copy', 0, 1)
  generation(folder, 'shipped', 1, 1)

  prune(folder, start + 300 * day)

  assert.equal(snapshotsOf(copy).length, 1)
})

test('nothing is old yet: nothing goes', (t) => {
  const folder = folderFor(t)
  const made = generation(folder, 'shipped', 0, 3)

  assert.deepEqual(prune(folder, start - day), [])
  assert.equal(snapshotsOf(made).length, 3)
})
