// Entity tags and preferences in headers (RFC 9110 §8.8.3, §13.1; RFC 7240).
import { Problem } from '../../base/pure/problem.ts'
import { stripEncoding } from '../http/compress.ts'

const one = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/

/** Reads `If-Match` or `If-None-Match`: tags without quotes, `*` for any. Fails with malformed. */
export function readTags(header: string | undefined, name: string, weakCounts: boolean): readonly string[] | undefined {
  if (header === undefined) return undefined
  if (header.trim() === '*') return ['*']
  return header.split(',').flatMap((part) => {
    const match = one.exec(stripEncoding(part.trim()))
    if (match === null)
      throw new Problem('malformed', `The header ${name} is a list of entity tags in double quotes, or *.`)
    // If-Match compares strongly: a weak tag matches nothing, and is no mistake (RFC 9110 §13.1.1).
    return match[1] !== undefined && !weakCounts ? [] : [match[2] ?? '']
  })
}

export interface Preferences {
  readonly minimal: boolean
  readonly dryRun: boolean
  /** What is said back in `Preference-Applied`; '' for nothing. */
  readonly applied: string
}

const none: Preferences = Object.freeze({ minimal: false, dryRun: false, applied: '' })

/** Reads `Prefer`; what is not known is ignored, as RFC 7240 says. */
export function readPreferences(header: string | undefined): Preferences {
  if (header === undefined) return none
  const words = header.split(',').map((part) => part.trim().split(';')[0]!.trim().toLowerCase())
  const minimal = words.includes('return=minimal')
  const dryRun = words.includes('dry-run')
  return {
    minimal,
    dryRun,
    applied: [minimal ? 'return=minimal' : '', dryRun ? 'dry-run' : ''].filter(Boolean).join(', '),
  }
}
