// The log: one JSON line an event, secrets masked, nothing able to break a line. The only place that writes to stdout.
import { writeSync } from 'node:fs'
import { pino } from 'pino'
import { systemClock, type Clock } from './clock.ts'
import { addLoggable, loggableText } from './log_fields.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'

/** What a line says besides its message. An error goes in as `error`. */
export type Fields = Readonly<Record<string, unknown>>

/** Writes lines; each call is cheap and does not wait for the disk or the pipe. */
export interface Log {
  debug(fields: Fields, message: string): void
  info(fields: Fields, message: string): void
  warn(fields: Fields, message: string): void
  error(fields: Fields, message: string): void
  /** Writes what is buffered, now. Needed only before a process ends without its exit handlers. */
  flush(): void
}

export interface LogOptions {
  /** The least level that is written; `silent` writes nothing. */
  readonly level: Level | 'silent'
  /** Takes each line, with its line feed, instead of stdout. */
  readonly write?: ((line: string) => void) | undefined
  /** Which process speaks, when several share a stream. */
  readonly name?: string | undefined
  readonly clock?: Clock | undefined
}

/** Lines are gathered to this many characters, or for this long, and written by one system call in the background. */
const gatherChars = 16 * 1024
const gatherMs = 50
/** A reader that stands still must not fill the memory: beyond this, lines are dropped and their number is logged. */
const maxBufferedBytes = 16 * 1024 * 1024

const levels: readonly Level[] = ['debug', 'info', 'warn', 'error']

// JSON escapes what is below 0x20. These too are obeyed by terminals and viewers (C1 controls, line and paragraph
// separators, text direction) and could forge or hide a line.
const unsafe = /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const allUnsafe = new RegExp(unsafe, 'g')

/** Opens a log. Lines still gathered are written when the process exits. */
export function createLog({ level, write, name, clock = systemClock }: LogOptions): Log {
  const dropped = (lines: number): void => log.error({ lines }, 'Log lines were dropped because nobody read them.')
  const out = write === undefined ? stdout(dropped) : { write, flush: () => undefined }
  const least = level === 'silent' ? levels.length : levels.indexOf(level)
  const writer = (at: Level): Log[Level] => {
    if (levels.indexOf(at) < least) return () => undefined
    return (fields, message) => out.write(lineOf({ level: at, time: clock.now().toISOString() }, name, fields, message))
  }
  const log: Log = Object.freeze({
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    flush: () => out.flush(),
  })
  return log
}

/** What the log itself says of a line; fields of these names are left out, or they could forge it. */
function lineOf(
  head: { level: Level; time: string },
  name: string | undefined,
  fields: Fields,
  message: string,
): string {
  const { level, time } = head
  const line: Record<string, unknown> = name === undefined ? { level, time } : { level, time, name }
  addLoggable(line, fields)
  line['level'] = level
  line['time'] = time
  line['message'] = loggableText(message)
  return oneLine(`${JSON.stringify(line)}\n`)
}

function oneLine(line: string): string {
  if (!unsafe.test(line)) return line
  return line.replace(allUnsafe, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function stdout(dropped: (lines: number) => void): { write(line: string): void; flush(): void } {
  let gathered = ''
  let timer: NodeJS.Timeout | undefined
  let lost = 0
  const stream = pino.destination({ dest: 1, sync: false, maxLength: maxBufferedBytes })
  const isEnded = (): boolean => 'destroyed' in stream && stream.destroyed === true
  const release = (): void => {
    clearTimeout(timer)
    timer = undefined
    const lines = gathered
    gathered = ''
    if (lines === '') return
    // The stream ends itself once the process has nothing left to do; what is said after that is written at once.
    if (isEnded()) writeSync(1, lines)
    else stream.write(lines)
  }
  const flush = (): void => {
    release()
    if (!isEnded()) stream.flushSync()
  }
  stream.on('drop', (lines: string) => {
    lost += lines.split('\n').length - 1
  })
  stream.on('drain', () => {
    const lines = lost
    lost = 0
    if (lines > 0) dropped(lines)
  })
  // A full disk must not end the process. The lines stay buffered and are tried again; past the bound they are counted.
  stream.on('error', () => undefined)
  process.once('exit', flush)
  const write = (line: string): void => {
    gathered += line
    if (gathered.length >= gatherChars) release()
    else timer ??= setTimeout(release, gatherMs)
  }
  return { write, flush }
}
