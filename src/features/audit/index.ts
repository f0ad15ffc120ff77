// The audit: who did what, sealed so that no change of it stays unseen.
import type { Feature } from '../../call/feature.ts'
import * as nouns from './nouns.ts'
import { start, turn } from './turn.ts'

export const audit: Feature = Object.freeze({ name: 'audit', parts: nouns, turn, start })

export { readAnchor } from './anchor.ts'
export { type Entry, entriesOf } from './find.ts'
export { signers } from './checkpoint.ts'
export { readHistory } from './history.ts'
export { record } from './record.ts'
export { auditIn } from './source.ts'
export { type Verified, verify } from './verify.ts'
