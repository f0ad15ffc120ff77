// Rule: a cast says in a comment why the compiler cannot know.
import { isTest, type Finding, type Source } from './source.ts'

const CAST = /(?<![\w.$])as\s+(?!const\b|any\b)[\w({['"`]/
const RENAMES = /^\s*(import|export)\b.*[{*]|^\s*(type )?[\w$]+ as [\w$]+,?$|\[\s*[\w$]+\s+in\b.*\bas\b/

/** A statement broken over lines carries its comment above its beginning. */
const LINES_ABOVE = 3

/** Names every `as` with no comment on its line or just above. `as const` widens nothing and is free. */
export function casts(sources: readonly Source[]): Finding[] {
  return sources
    .filter(({ path }) => !isTest(path))
    .flatMap((source) => {
      const code = source.code.split('\n')
      const comments = source.comments.split('\n')
      return code.flatMap((line, at) => {
        if (!CAST.test(line) || RENAMES.test(line)) return []
        if (isSaid(comments.slice(Math.max(0, at - LINES_ABOVE), at + 1))) return []
        return [
          {
            path: source.path,
            line: at + 1,
            message: 'a cast: say why in a comment here, or let a check decide the type',
          },
        ]
      })
    })
}

function isSaid(comments: readonly string[]): boolean {
  return comments.some((comment) => comment.trim() !== '')
}
