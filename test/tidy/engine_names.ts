// Rule: an engine is named in its own folder and where the server joins the parts, nowhere else.
import { isTest, lineAt, type Finding, type Source } from './source.ts'

const ALLOWED = /^src\/(store\/(sqlite|postgres)|server)\//
const ENGINE_MODULE = /^(node:sqlite|pg|pg-.+)$/
const ENGINE_FOLDER = /^src\/store\/(sqlite|postgres)\//
const COMPARISON = /[!=]==?\s*['"](sqlite|postgres|postgresql)['"]|\bcase\s+['"](sqlite|postgres|postgresql)['"]/g

/** Names imports of an engine, and decisions made by an engine's name, outside the engine folders and server/. */
export function engineNames(sources: readonly Source[]): Finding[] {
  const judged = sources.filter(({ path }) => path.startsWith('src/') && !isTest(path) && !ALLOWED.test(path))
  return judged.flatMap((source) => [...imported(source), ...compared(source)])
}

function imported({ path, imports }: Source): Finding[] {
  return imports
    .filter(({ specifier, target }) => ENGINE_MODULE.test(specifier) || ENGINE_FOLDER.test(target ?? ''))
    .map(({ specifier, line }) => ({
      path,
      line,
      message: `imports ${specifier}: speak to the Engine contract of store/`,
    }))
}

function compared({ path, text, code }: Source): Finding[] {
  return [...text.matchAll(COMPARISON)]
    .filter((match) => code[match.index] !== ' ')
    .map((match) => ({
      path,
      line: lineAt(text, match.index),
      message: 'decides by the name of an engine: ask a fact of the engine (skipLocked, listen …) instead',
    }))
}
