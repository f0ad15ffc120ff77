// What a command knows of its surroundings: where its lines go, and the environment. A test brings its own.
import type { Log } from '../base/log.ts'
import type { Environment } from '../server/config.ts'

export interface Terminal {
  readonly environment: Environment
  /** Does a person watch standard error, so that a line there may change? */
  readonly isWatched: boolean
  /** Writes to standard output, as it is. */
  readonly out: (text: string) => void
  /** Writes to standard error, as it is. */
  readonly err: (text: string) => void
  /** A log of errors on standard output, for what a command opens. */
  readonly openLog: () => Log
}

/** One line on standard output. */
export const say = ({ out }: Terminal, line: string): void => out(`${line}\n`)
