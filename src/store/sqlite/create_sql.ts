// Reads the text of a `create table` for what no pragma tells: names of constraints, checks, and our storage classes.

/** What one table's text says beyond its pragmas. */
export interface CreateTable {
  /** The word in the comment after each column's type, by column. */
  readonly marks: ReadonlyMap<string, string>
  readonly checks: readonly { readonly name: string; readonly sql: string }[]
  /** Names of foreign keys, by their columns joined with a comma. */
  readonly foreignKeys: ReadonlyMap<string, string>
  /** Name of the primary key's constraint. */
  readonly primaryKey: string | undefined
}

interface Token {
  readonly form: 'name' | 'text' | 'mark' | 'comment' | 'sign'
  readonly text: string
  readonly from: number
  readonly to: number
}

/** Reads a text that SQLite has accepted; what it does not look for is passed over. */
export function readCreateTable(sql: string): CreateTable {
  const read: Reading = { marks: new Map(), checks: [], foreignKeys: new Map(), primaryKey: undefined }
  for (const part of parts(tokens(sql))) readPart(sql, part, read)
  return read
}

interface Check {
  readonly name: string
  readonly sql: string
}

interface Reading {
  readonly marks: Map<string, string>
  readonly checks: Check[]
  readonly foreignKeys: Map<string, string>
  primaryKey: string | undefined
}

// Quoted names double their quote; a comment of one word is one of our marks.
const FORMS = [
  String.raw`/\*\s*(?<mark>\w+)\s*\*/`,
  String.raw`(?<comment>/\*.*?\*/|--[^\n]*)`,
  String.raw`(?<text>'(?:[^']|'')*')`,
  String.raw`"(?<quoted>(?:[^"]|"")*)"`,
  String.raw`(?<word>[\w$]+)`,
  String.raw`(?<sign>\S)`,
]
const TOKEN = new RegExp(FORMS.join('|'), 'gsu')

function tokens(sql: string): Token[] {
  const found: Token[] = []
  for (const match of sql.matchAll(TOKEN)) {
    const { mark, comment, text, quoted, word, sign } = match.groups ?? {}
    const from = match.index
    const to = from + match[0].length
    if (comment !== undefined) continue
    if (mark !== undefined) found.push({ form: 'mark', text: mark, from, to })
    else if (text !== undefined) found.push({ form: 'text', text, from, to })
    else if (quoted !== undefined) found.push({ form: 'name', text: quoted.replaceAll('""', '"'), from, to })
    else found.push({ form: word === undefined ? 'sign' : 'name', text: word ?? sign ?? '', from, to })
  }
  return found
}

// The columns and constraints between the outer parentheses, split at their commas.
function parts(all: readonly Token[]): Token[][] {
  const found: Token[][] = [[]]
  let depth = 0
  for (const token of all) {
    const isSign = token.form === 'sign'
    if (isSign && token.text === ')') depth--
    if (depth === 1 && isSign && token.text === ',') found.push([])
    else if (depth > 0) found.at(-1)?.push(token)
    if (isSign && token.text === '(') depth++
  }
  return found
}

const is = (token: Token | undefined, word: string): boolean => token?.text.toLowerCase() === word

function readPart(sql: string, part: readonly Token[], read: Reading): void {
  const first = part[0]
  if (first === undefined) return
  const isConstraint = ['constraint', 'check', 'foreign', 'primary', 'unique'].includes(first.text.toLowerCase())
  const column = isConstraint && sql[first.from] !== '"' ? undefined : first.text
  const mark = part[2]
  if (column !== undefined && mark?.form === 'mark') read.marks.set(column, mark.text)
  for (const [at, token] of part.entries()) {
    if (!is(token, 'constraint') || sql[token.from] === '"') continue
    const name = part[at + 1]?.text ?? ''
    if (is(part[at + 2], 'primary')) read.primaryKey = name
    if (is(part[at + 2], 'check')) read.checks.push({ name, sql: inside(sql, part, at + 3) })
    if (is(part[at + 2], 'references')) read.foreignKeys.set(column ?? '', name)
    if (is(part[at + 2], 'foreign')) read.foreignKeys.set(names(part, at + 4).join(','), name)
  }
}

// The text between the parenthesis at this position and the one that closes it.
function inside(sql: string, part: readonly Token[], at: number): string {
  let depth = 0
  for (const token of part.slice(at)) {
    if (token.form === 'sign' && token.text === '(') depth++
    if (token.form === 'sign' && token.text === ')') depth--
    if (depth === 0) return sql.slice((part[at]?.from ?? 0) + 1, token.from).trim()
  }
  return ''
}

function names(part: readonly Token[], at: number): string[] {
  const end = part.findIndex((token, index) => index > at && token.form === 'sign' && token.text === ')')
  return part
    .slice(at, end)
    .filter((token) => token.form === 'name')
    .map((token) => token.text)
}
