// The failure of a sync, or of a read or write of our own, that may hide a lost commit.
import { StoreError } from './contract.ts'

/** Says it in the words of the store. */
export function diskFailed(cause: unknown): StoreError {
  return new StoreError('broken', `the disk failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  })
}
