// The whole of the fail-stop trial: each of the first 200 syncs fails once, with power cuts before and after.
import test from 'node:test'
import { stopsAtFailure } from './fail_stop.ts'
import { buildRecorder } from './recorder.ts'

const recorder = buildRecorder()
const library = 'library' in recorder ? recorder.library : ''
const needs = { skip: 'skip' in recorder ? recorder.skip : false, timeout: 600_000 }

for (let failing = 1; failing <= 200; failing++) {
  test(`a server whose sync number ${failing} fails ends with 70`, needs, async (t) => {
    await stopsAtFailure(t, { library, failing, seed: failing, states: 60 })
  })
}
