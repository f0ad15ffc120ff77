// Calls with a key are done once: the answer is remembered with the work, and said again to whoever asks again.
import type { Feature } from '../../call/feature.ts'
import { answers } from './answers.ts'
import { startSweeper, sweep } from './sweep.ts'

export { forgetAnswersOf } from './forget.ts'
export { remember } from './remember.ts'
export { replay } from './replay.ts'
export { createRunning, type Running } from './running.ts'

export const idempotency: Feature = Object.freeze({
  name: 'idempotency',
  parts: { answers },
  turn: sweep,
  start: startSweeper,
})
