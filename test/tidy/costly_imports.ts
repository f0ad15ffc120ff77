// Rule: what costs a start more than it gives is not imported by name.
import { isTest, type Finding, type Source } from './source.ts'

const OWNER = 'src/base/node_http.ts'

/** Names every import of Node's HTTP as a value. */
export function costlyImports(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ path }) => path.startsWith('src/') && path !== OWNER && !isTest(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier, binding }) => specifier === 'node:http' && binding !== 'types')
        .map(({ line }) => ({
          path,
          line,
          message: `imports node:http: that loads fetch and WebSocket too; take the module from ${OWNER}`,
        })),
    )
}
