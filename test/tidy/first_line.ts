// Rule: the first line of a file is one sentence that says what the file is for.
import type { Finding, Source } from './source.ts'

const SENTENCE = /^\/\/ \S.*[^\s:,;]\.$|^\/\/ \S.*[?!]$/

/** Names files that begin with anything else. Tests say it in their titles. */
export function firstLine(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ path }) => !/\.(test|nightly|bench)\.ts$/.test(path))
    .flatMap(({ path, lines }) => {
      const line = lines[0]?.startsWith('#!') ? 1 : 0
      if (SENTENCE.test(lines[line] ?? '')) return []
      return [{ path, line: line + 1, message: 'begin with one sentence (`// … .`) that says what this file is for' }]
    })
}
