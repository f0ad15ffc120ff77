// Rule: base/pure and the client run in a browser, so they import nothing of Node and no package.
import { isTest, type Finding, type Source } from './source.ts'

const BROWSER = /^src\/(base\/pure|client)\//

/** Names every import of a Node module or package in a file that must run in a browser. */
export function pureImports(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ path }) => BROWSER.test(path) && !isTest(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier, binding }) => !specifier.startsWith('.') && binding !== 'types')
        .map(({ specifier, line }) => ({
          path,
          line,
          message: `imports ${specifier}: this file runs in a browser; use the web platform, or move it to base/`,
        })),
    )
}
