// Rule: a file imports from its own layer and from earlier ones, types included.
import { layerOf, mayImport } from './layers.ts'
import { isTest, type Finding, type Import, type Source } from './source.ts'

const ROOT = 'src/index.ts'

/** Names every import that goes up the house, out of an example, or round the back through the package's own name. */
export function importDirection(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ path }) => !isTest(path) && path !== ROOT)
    .flatMap((source) => [
      ...homeless(source),
      ...source.imports.flatMap((link) => {
        const message = source.path.startsWith('src/')
          ? wrongInSource(source.path, link)
          : wrongInExample(source.path, link)
        return message === undefined ? [] : [{ path: source.path, line: link.line, message }]
      }),
    ])
}

function homeless({ path }: Source): Finding[] {
  if (!path.startsWith('src/') || layerOf(path) !== undefined) return []
  return [{ path, line: 1, message: 'lies in no layer: move it, or give its folder a place in test/tidy/layers.ts' }]
}

function wrongInSource(path: string, { specifier, target, binding }: Import): string | undefined {
  if (/^plinth(\/|$)/.test(specifier)) return `imports ${specifier}: inside src, import the file itself`
  if (target === undefined)
    return specifier.startsWith('.') ? `imports ${specifier}, which is no file of src` : undefined
  const from = layerOf(path)
  const to = layerOf(target)
  if (from === undefined) return undefined
  if (to === undefined || !mayImport(from, to)) {
    return `imports ${target}: ${from} may not know ${to ?? 'what stands above it'}; move the code down, or pass it in`
  }
  if (from === 'client' && to !== 'client' && to !== 'base/pure' && binding !== 'types') {
    return `imports ${target} at run time: the client takes types from anywhere below, but code from base/pure alone`
  }
  return undefined
}

function wrongInExample(path: string, { specifier, target }: Import): string | undefined {
  const home = path.split('/').slice(0, 2).join('/') + '/'
  if (!specifier.startsWith('.') || target?.startsWith(home)) return undefined
  return `imports ${specifier}: an example uses its own files and the public door ('plinth', 'plinth/testing')`
}
