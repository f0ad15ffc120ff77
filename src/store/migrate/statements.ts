// Splits SQL into statements, and gives each in a form that rules can look at: no comments, no texts, one case.

/** One statement: as written, and with texts emptied, comments gone and everything outside quotes in lower case. */
export interface SqlStatement {
  readonly sql: string
  readonly plain: string
}

// A text, a name, a dollar-quoted body, a comment to the end of the line, a comment in between, or one character.
const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|[\s\S]/g

/** The statements of a script, without the semicolons between them. */
export function statementsOf(script: string): SqlStatement[] {
  const found: SqlStatement[] = []
  let sql = ''
  let plain = ''
  const finish = (): void => {
    const shown = plain.replaceAll(/\s+/g, ' ').trim()
    if (shown !== '') found.push({ sql: sql.trim(), plain: shown })
    sql = ''
    plain = ''
  }
  for (const [part] of script.matchAll(token)) {
    if (part === ';') finish()
    else {
      sql += part
      plain += shownAs(part)
    }
  }
  finish()
  return found
}

function shownAs(part: string): string {
  if (part.startsWith("'") || /^\$\w*\$/.test(part)) return "''"
  if (part.startsWith('--') || part.startsWith('/*')) return ' '
  return part.startsWith('"') ? part : part.toLowerCase()
}
