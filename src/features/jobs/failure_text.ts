// What is kept of a failure: a text that every column can hold, with its causes.
import { inspect } from 'node:util'
import { jobLimits } from '../../base/limits.ts'

/** The message, and those of its causes. */
export function failureText(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at !== undefined && at !== null && parts.length < 5;) {
    parts.push(at instanceof Error ? `${at.name}: ${at.message}` : inspect(at, { depth: 2 }))
    at = at instanceof Error ? at.cause : undefined
  }
  const text = parts.join('\ncaused by ').replaceAll('\0', '')
  return text.slice(0, jobLimits.errorChars).toWellFormed() || 'It failed without saying why.'
}
