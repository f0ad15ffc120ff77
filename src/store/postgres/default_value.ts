// Reads a column's default back from the expression in which PostgreSQL keeps it.
import type { Storage, Stored } from '../../define/field.ts'
import { instantOf } from './values.ts'

const QUOTED = /^'((?:[^']|'')*)'(?:::[\w ().]+)?$/s

/** The constant a default is; undefined for none, and for what only the server can compute: that is none of ours. */
export function defaultValue(expression: string | null, storage: Storage): Stored | undefined {
  if (expression === null) return undefined
  const text = QUOTED.exec(expression)?.[1]?.replaceAll("''", "'") ?? bare(expression)
  return text === undefined ? undefined : stored(text, storage)
}

function bare(expression: string): string | undefined {
  return /^(-?\d+|true|false)$/.test(expression) ? expression : undefined
}

function stored(text: string, storage: Storage): Stored {
  if (storage === 'int') return Number.isSafeInteger(Number(text)) ? Number(text) : text
  if (storage === 'bool') return text === 'true'
  return storage === 'instant' ? instantOf(text) : text
}
