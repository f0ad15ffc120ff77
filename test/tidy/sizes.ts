// Rule: a file has at most 400 lines, a function 60, a line 120 characters.
import { bodiesOf } from './functions.ts'
import { isTest, lineAt, type Finding, type Source } from './source.ts'

/** The limits of STYLE.md; what is seen in good files is far below. */
export const SIZES = { fileLines: 400, functionLines: 60, lineChars: 120 } as const

const NAME_IT = 'an idea in it is waiting for its name'

/** Names what is too long. In tests only named functions count: a `describe` is as long as its subject. */
export function sizes(sources: readonly Source[]): Finding[] {
  return sources.flatMap((source) => [...longFile(source), ...longLines(source), ...longFunctions(source)])
}

function longFile({ path, text }: Source): Finding[] {
  const count = text.trimEnd().split('\n').length
  if (count <= SIZES.fileLines) return []
  return [{ path, line: 1, message: `has ${count} lines, at most ${SIZES.fileLines}: ${NAME_IT}` }]
}

function longLines({ path, lines }: Source): Finding[] {
  return lines.flatMap((line, at) => {
    if (line.length <= SIZES.lineChars) return []
    return [{ path, line: at + 1, message: `line of ${line.length} characters, at most ${SIZES.lineChars}: break it` }]
  })
}

function longFunctions({ path, code }: Source): Finding[] {
  return bodiesOf(code).flatMap(({ start, end, named }) => {
    const line = lineAt(code, start)
    const count = lineAt(code, end) - line + 1
    if (count <= SIZES.functionLines || (isTest(path) && !named)) return []
    return [{ path, line, message: `function of ${count} lines, at most ${SIZES.functionLines}: ${NAME_IT}` }]
  })
}
