// What commits together with the rows, by the features that do it.
import type { Chain } from '../call/chain.ts'
import { record } from '../features/audit/index.ts'
import { enqueue } from '../features/jobs/index.ts'
import { emit } from '../features/outbox/index.ts'

/** The chain of this house. */
export const chain: Chain = Object.freeze({
  emit,
  enqueue,
  record,
})
