// Rule: a feature is known by its index; only server/ reaches into its other files.
import { layerOf } from './layers.ts'
import { isTest, type Finding, type Source } from './source.ts'

const ALLOWED = /^src\/server\//

/** Names every import of a feature's inner file by somebody else. */
export function featureInsides(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ path }) => !isTest(path) && !ALLOWED.test(path))
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ target, line }) => {
        const layer = target === undefined ? undefined : layerOf(target)
        if (layer === undefined || !layer.startsWith('features/') || layer === layerOf(path)) return []
        if (target === `src/${layer}/index.ts`) return []
        return [{ path, line, message: `imports ${target}: only server/ may; import src/${layer}/index.ts` }]
      }),
    )
}
