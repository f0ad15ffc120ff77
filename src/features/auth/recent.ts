// How long ago something was, by a clock that may be set: what lies in the future is not recent, it is a mistake.
import { tokenLimits } from '../../base/identity_limits.ts'

/**
 * Was it at most so long ago. A time to come, beyond what the clocks of two processes may differ, says that the clock
 * was set back since: then nobody knows how long ago it was, and it is not taken for a moment.
 */
export const isRecent = (atMs: number, nowMs: number, mostMs: number): boolean =>
  nowMs - atMs <= mostMs && atMs - nowMs <= tokenLimits.skewMs
