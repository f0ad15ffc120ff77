// Splits a source text into its code and its comments, each as long as the text, the rest blanked.

/** Three views of one file, equal in length and line breaks, so that a place in one is a place in all. */
export interface Scanned {
  /** Comments, and what strings, templates and regular expressions hold, are spaces. */
  readonly code: string
  /** Everything but comments is spaces. */
  readonly comments: string
}

type State = { readonly text: string; readonly code: string[]; readonly comments: string[]; at: number }

/** Reads one TypeScript file. It is not a parser; what it misreads still compiles. */
export function scan(text: string): Scanned {
  const blank = text.replace(/[^\n]/g, ' ')
  const state: State = { text, code: text.split(''), comments: blank.split(''), at: 0 }
  scanCode(state, '')
  return { code: state.code.join(''), comments: state.comments.join('') }
}

/** Walks code until `closer` stands unmatched, or to the end; templates come back here for what is in `${…}`. */
function scanCode(state: State, closer: string): void {
  let depth = 0
  while (state.at < state.text.length) {
    const char = state.text[state.at]!
    if (char === closer && depth === 0) return
    if (char === '{') depth += 1
    if (char === '}') depth -= 1
    if (!skipLiteral(state, char)) state.at += 1
  }
}

function skipLiteral(state: State, char: string): boolean {
  const pair = char + (state.text[state.at + 1] ?? '')
  if (pair === '//') return move(state, endOf(state.text, '\n', state.at), state.comments)
  if (pair === '/*') return move(state, endOf(state.text, '*/', state.at + 2) + 2, state.comments)
  if (char === "'" || char === '"') return move(state, endOfString(state.text, state.at), undefined)
  if (char === '`') return skipTemplate(state)
  if (char === '/' && startsPattern(state.text, state.at))
    return move(state, endOfPattern(state.text, state.at), undefined)
  return false
}

/** Blanks what lies between here and `end` in the code; `into` receives it (comments), or nothing does. */
function move(state: State, end: number, into: string[] | undefined): true {
  const literal = into === undefined
  const last = Math.min(end, state.text.length)
  for (let at = state.at; at < last; at += 1) {
    const isQuote = literal && (at === state.at || at === last - 1)
    if (state.text[at] === '\n' || isQuote) continue
    if (into !== undefined) into[at] = state.text[at]!
    state.code[at] = ' '
  }
  state.at = last
  return true
}

function skipTemplate(state: State): true {
  state.at += 1
  while (state.at < state.text.length && state.text[state.at] !== '`') {
    if (state.text.startsWith('${', state.at)) {
      state.at += 2
      scanCode(state, '}')
      state.at += 1
      continue
    }
    const width = state.text[state.at] === '\\' ? 2 : 1
    for (let at = state.at; at < state.at + width; at += 1) if (state.code[at] !== '\n') state.code[at] = ' '
    state.at += width
  }
  state.at += 1
  return true
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  return found === -1 ? text.length : found
}

function endOfString(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== text[from] && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** A slash divides after a value; anywhere else it opens a regular expression. */
function startsPattern(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd()
  return before === '' || /[=([{,;:!&|?+\-*%~^<>]$|\b(?:return|typeof|case|in|of|delete|void|await|yield)$/.test(before)
}

function endOfPattern(text: string, from: number): number {
  let isClass = false
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text[at]
    if (char === '\n') return from + 1
    if (char === '\\') at += 1
    else if (char === '[') isClass = true
    else if (char === ']') isClass = false
    else if (char === '/' && !isClass) return at + 1
  }
  return from + 1
}
