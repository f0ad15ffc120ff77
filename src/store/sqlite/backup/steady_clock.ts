// A clock that does not go back: the times of a backup order what it holds.
import type { Clock } from '../../../base/clock.ts'

/** The clock's time, but never before an earlier answer, nor before `floor` (ms). */
export function steadyClock(clock: Clock, floor: number): Clock {
  let last = floor
  const ms = (): number => {
    last = Math.max(last, clock.ms())
    return last
  }
  return Object.freeze({ ms, now: () => new Date(ms()) })
}
