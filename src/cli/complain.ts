// What a person reads when a command fails, and the exit code a script reads.
import { StoreError } from '../store/contract.ts'
import { exitCodes } from '../server/run.ts'
import type { Terminal } from './terminal.ts'

/** The command was called with words it does not have. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Prints one line and answers the exit code: 2 wrong usage, 70 storage failed, 75 held by another, 1 for the rest. */
export function complain(error: unknown, { err }: Terminal): number {
  const message = error instanceof Error ? error.message : String(error)
  err(`plinth: ${message}\n`)
  // A fault of ours is not mended by reading one line.
  if (error instanceof Error && error.name === 'Broken') err(`${error.stack}\n`)
  return codeOf(error)
}

function codeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage
  if (!(error instanceof StoreError)) return exitCodes.no
  if (error.failure === 'busy') return exitCodes.held
  return error.failure === 'broken' ? exitCodes.storage : exitCodes.no
}
