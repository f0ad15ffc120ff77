// One failed sync ends a server with 70; it has told nothing that is not so, and its successor starts clean.
import assert from 'node:assert/strict'
import test from 'node:test'
import { failOnce, stopsAtFailure } from './fail_stop.ts'
import { buildRecorder } from './recorder.ts'
import type { Wrong } from './replay.ts'

const recorder = buildRecorder()
const library = 'library' in recorder ? recorder.library : ''
const needs = { skip: 'skip' in recorder ? recorder.skip : false }

/** One of the start, one under load. */
for (const failing of [6, 36]) {
  test(
    `a server whose sync number ${failing} fails ends with 70 and has told nothing but the truth`,
    needs,
    async (t) => {
      await stopsAtFailure(t, { library, failing, seed: failing, states: 24 })
    },
  )
}

test('control: a server that goes on after a failed sync tells what a power cut takes back', needs, async (t) => {
  // SQLite hears of the failure through its own descriptors, at its next checkpoint; what was told until then is told.
  // A sync of its own it hears of at once, and which number is whose is a matter of time: one of a few is ours.
  const found: Wrong[] = []
  for (const failing of [24, 31, 38, 45]) {
    const cuts = { states: 600, losses: ['drop' as const], enough: 1 }
    if (found.length === 0)
      found.push(...(await failOnce(t, { library, fault: 'stubborn', failing, seed: 1, ...cuts })).wrong)
  }

  assert.equal(found.length, 1)
})
