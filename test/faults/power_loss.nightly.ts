// The whole of the power-loss trial: 2,000 mixed requests and at least 20,000 states, half of them with a busy log.
import test from 'node:test'
import { losesNothing } from './power_loss.ts'
import { buildRecorder } from './recorder.ts'

const recorder = buildRecorder()
const library = 'library' in recorder ? recorder.library : ''
const needs = { skip: 'skip' in recorder ? recorder.skip : false, timeout: 1_800_000 }

/** Several servers of a few hundred requests rather than one: a long log makes every state dear, and shows no more. */
for (let seed = 1; seed <= 5; seed++) {
  test(`a power cut at any write loses nothing (seed ${seed})`, needs, async (t) => {
    await losesNothing(t, { library, requests: 200, seed, states: 2_050 })
  })

  test(`nor while the log is copied, cut and started over (seed ${seed})`, needs, async (t) => {
    await losesNothing(t, { library, fault: 'brisk', requests: 200, seed: 100 + seed, states: 2_050 })
  })
}
