// A power cut at any write loses nothing that anybody was told, and the trial that says so can say otherwise.
import assert from 'node:assert/strict'
import test from 'node:test'
import { cutPower, losesNothing, record } from './power_loss.ts'
import { buildRecorder } from './recorder.ts'

const recorder = buildRecorder()
const library = 'library' in recorder ? recorder.library : ''
const needs = { skip: 'skip' in recorder ? recorder.skip : false }

test('a power cut at any write of the whole server loses nothing that was told', needs, async (t) => {
  await losesNothing(t, { library, requests: 60, seed: 1, states: 120 })
})

test('nor while the log is copied, cut and started over', needs, async (t) => {
  await losesNothing(t, { library, fault: 'brisk', requests: 60, seed: 2, states: 120 })
})

test('control: answers that do not wait for the sync are lost', needs, async (t) => {
  const recording = await record(t, { library, fault: 'unsynced', requests: 20, seed: 3, lives: 1 })

  const { wrong } = await cutPower(t, recording, { seed: 3, enough: 1 })

  assert.equal(wrong.length, 1)
})

test('control: so is what a read shows without waiting for what it saw', needs, async (t) => {
  const recording = await record(t, { library, fault: 'hasty', requests: 80, seed: 4, lives: 1, slowUs: 20_000 })

  const { wrong } = await cutPower(t, recording, { seed: 4, losses: ['drop'], enough: 1 })

  assert.equal(wrong.length, 1)
})
