// The log of an app under test, kept as lines instead of printed.
import type { Clock } from '../base/clock.ts'
import { createLog, type Level, type Log } from '../base/log.ts'

/** One line of the log as it would have been printed. */
export interface LogLine {
  readonly level: Level
  readonly time: string
  readonly message: string
  readonly [field: string]: unknown
}

export interface KeptLog {
  readonly log: Log
  /** The lines so far. */
  lines(): readonly LogLine[]
}

/** A log that keeps what is said at `info` and above. */
export function keepLog(name: string, clock: Clock): KeptLog {
  const texts: string[] = []
  const log = createLog({ level: 'info', name, clock, write: (line) => texts.push(line) })
  const parse = (text: string): LogLine => JSON.parse(text) as LogLine // every line of our log has these
  return { log, lines: () => texts.map(parse) }
}
