// The end of a server whose disk has failed: it refuses whoever is being served, then ends without closing anything.
import type { Log } from '../base/log.ts'
import type { StoreError } from '../store/contract.ts'

/** For the refusals of calls under way to leave, and `/ready` to be asked once more. The process must go within 2 s. */
const FAREWELL_MS = 500

export interface Farewell {
  /** Somebody may be waiting for an answer from now on. */
  begin(): void
  /** The storage has failed; this says so, and ends the process. */
  readonly isTaken: boolean
  /** Takes leave; the database itself has refused everything since it failed. */
  readonly onStorageFailure: (error: StoreError, end: () => void) => void
}

/** Nobody is kept waiting by a start that fails: it ends at once. */
export function createFarewell(log: Log): Farewell {
  const state = { isServing: false, isTaken: false }
  return {
    begin: () => {
      state.isServing = true
    },
    get isTaken() {
      return state.isTaken
    },
    onStorageFailure: (error, end) => {
      state.isTaken = true
      log.error({ error }, 'The storage failed: calls are refused, and the process ends.')
      log.flush()
      if (state.isServing) setTimeout(end, FAREWELL_MS)
      else end()
    },
  }
}
