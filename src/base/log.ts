// The log: one JSON line an event, secrets masked, nothing able to break a line. The only place that writes to stdout.
import { pino, type Logger, type LoggerOptions } from 'pino'
import { systemClock, type Clock } from './clock.ts'
import { loggable, loggableText } from './log_fields.ts'

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

/** Lines are gathered up to this many bytes, or this long, before they are written: one system call for many lines. */
const gatherBytes = 8 * 1024
const gatherMs = 100
/** A reader that stands still must not fill the memory: beyond this, lines are dropped and their number is logged. */
const maxBufferedBytes = 16 * 1024 * 1024

// JSON escapes what is below 0x20. These too are obeyed by terminals and viewers (C1 controls, line and paragraph
// separators, text direction) and could forge or hide a line.
const unsafe = /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const allUnsafe = new RegExp(unsafe, 'g')

/** Opens a log. Lines still buffered are written when the process exits. */
export function createLog({ level, write, name, clock = systemClock }: LogOptions): Log {
  const dropped = (lines: number): void => log.error({ lines }, 'Log lines were dropped because nobody read them.')
  const out = write === undefined ? stdout(dropped) : { write, flush: () => undefined }
  const logger = pino(optionsOf(level, name, clock), { write: (line) => out.write(oneLine(line)) })
  const log: Log = Object.freeze({
    debug: writer(logger, 'debug'),
    info: writer(logger, 'info'),
    warn: writer(logger, 'warn'),
    error: writer(logger, 'error'),
    flush: () => out.flush(),
  })
  return log
}

function optionsOf(level: string, name: string | undefined, clock: Clock): LoggerOptions {
  return {
    level,
    base: name === undefined ? null : { name },
    messageKey: 'message',
    timestamp: () => `,"time":"${clock.now().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    // Fields arrive ready to be written; pino's own treatment of errors would add what is not meant for a log.
    serializers: { err: (value: unknown) => value },
  }
}

function stdout(dropped: (lines: number) => void): { write(line: string): void; flush(): void } {
  let lost = 0
  const stream = pino.destination({
    dest: 1,
    sync: false,
    minLength: gatherBytes,
    periodicFlush: gatherMs,
    maxLength: maxBufferedBytes,
  })
  stream.on('drop', () => lost++)
  stream.on('drain', () => {
    const lines = lost
    lost = 0
    if (lines > 0) dropped(lines)
  })
  // A full disk must not end the process. The lines stay buffered and are tried again; past the bound they are counted.
  stream.on('error', () => undefined)
  return { write: (line) => stream.write(line), flush: () => stream.flushSync() }
}

function writer(logger: Logger, level: Level): (fields: Fields, message: string) => void {
  if (!logger.isLevelEnabled(level)) return () => undefined
  return (fields, message) => logger[level](loggable(fields), loggableText(message))
}

function oneLine(line: string): string {
  if (!unsafe.test(line)) return line
  return line.replace(allUnsafe, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
