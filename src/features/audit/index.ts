// The audit: who did what, sealed so that no change of it stays unseen.
import type { Feature } from '../../call/feature.ts'
import { checkpoints, entries } from './nouns.ts'

export const audit: Feature = Object.freeze({ name: 'audit', parts: { entries, checkpoints } })

export { readHistory } from './history.ts'
export { record } from './record.ts'
