// One failed sync ends a server with 70; it has told nothing that is not so, and its successor starts clean.
import assert from 'node:assert/strict'
import test from 'node:test'
import { failOnce, stopsAtFailure } from './fail_stop.ts'
import { buildRecorder } from './recorder.ts'

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
  const { wrong } = await failOnce(t, {
    library,
    fault: 'stubborn',
    failing: 24,
    seed: 1,
    states: 150,
    losses: ['drop'],
    enough: 1,
  })

  assert.equal(wrong.length, 1)
})
