// Rule: every file is used by something other than a test.
import { isTest, type Finding, type Source } from './source.ts'

const ENTRIES = [
  /^src\/index\.ts$/,
  /^src\/(client|testing|server\/embed)\/index\.ts$/,
  /^src\/cli\/main\.ts$/,
  /^examples\/[^/]+\/(main|app)\.ts$/,
]

/** Names files that nothing imports, starts or publishes. A file that only its own test knows is dead too. */
export function deadFiles(sources: readonly Source[]): Finding[] {
  const living = sources.filter(({ path }) => !isTest(path))
  const used = new Set(living.flatMap(({ imports, mentions }) => [...imports.map(({ target }) => target), ...mentions]))
  return living
    .filter(({ path }) => !used.has(path) && !ENTRIES.some((entry) => entry.test(path)))
    .map(({ path }) => ({ path, line: 1, message: 'is imported by nothing but tests: use it or delete it' }))
}
