// Events: emitted in the transaction that makes them true, put in one order after it, delivered until they are handled.
import type { Feature } from '../../call/feature.ts'
import { deliver } from './deliver.ts'
import * as nouns from './nouns.ts'
import { prepare, start, turn } from './turn.ts'

export { emit } from './emit.ts'
export { lag, type Lag } from './lag.ts'
export { replay, type Replay, type Replayed } from './replay.ts'
export { type Fill, type Placed, type Sequence, sequence } from './sequence.ts'

export const outbox: Feature = { name: 'outbox', parts: { ...nouns, deliver }, prepare, turn, start }
