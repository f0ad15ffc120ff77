// How far a long command is: one line that changes on a terminal, a line a second elsewhere, always on standard error.
import { systemClock } from '../base/clock.ts'
import type { Report } from '../store/backup/check_pieces.ts'
import type { Terminal } from './terminal.ts'

const everyMs = 1_000
const everyMsOnTerminal = 100

/** A report that prints. The first and the last of each kind are always shown. */
export function progress({ isWatched, err }: Terminal): Report {
  const pauseMs = isWatched ? everyMsOnTerminal : everyMs
  const state = { at: 0 }
  return (done, of, what) => {
    const now = systemClock.ms()
    if (done !== of && now - state.at < pauseMs) return
    state.at = now
    const line = of === undefined ? `${what}: ${done}` : `${what}: ${done} of ${of}`
    err(isWatched ? `\r\u001b[K${line}${done === of ? '\n' : ''}` : `${line}\n`)
  }
}
