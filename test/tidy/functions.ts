// Finds where functions begin and end in blanked code, by matching brackets.

/** A function body: the indices of its head and of its closing brace; `named` is false for callbacks. */
export interface Body {
  readonly start: number
  readonly end: number
  readonly named: boolean
}

const ARROW = /=>\s*\{/g
const KEYWORD = /(?<![\w.$])function\b[^(\n]*\(/g
const METHOD = /^[ \t]+(?:(?:static|async|override|get|set) +)*\*?[#\w$]+(?:<[^>\n]*>)?\(/gm
const NOT_METHODS = /^\s*(?:async +)?(?:if|for|while|switch|catch|function|return|with|super|await)\b/
const PAIRS: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' }

/** Every function with a braced body. An arrow without braces is an expression and has no length of its own. */
export function bodiesOf(code: string): Body[] {
  const arrows = [...code.matchAll(ARROW)].map((match) => {
    const open = match.index + match[0].length - 1
    const head = code.slice(code.lastIndexOf('\n', match.index) + 1, match.index)
    return { start: match.index, end: closing(code, open), named: /^\s*(?:export )?const [\w$]+\b/.test(head) }
  })
  const heads = [
    ...code.matchAll(KEYWORD),
    ...[...code.matchAll(METHOD)].filter((match) => !NOT_METHODS.test(match[0])),
  ]
  return [...arrows, ...heads.flatMap((match) => declared(code, match.index, match.index + match[0].length - 1))]
}

function declared(code: string, start: number, parameters: number): Body[] {
  const after = closing(code, parameters) + 1
  const open = bodyAfter(code, after)
  const head = code.slice(start).search(/\S/)
  return open === undefined ? [] : [{ start: start + head, end: closing(code, open), named: true }]
}

/** The brace that opens the body after `)`, past a return type that may hold braces itself. */
function bodyAfter(code: string, from: number): number | undefined {
  if (!/^ *[:{]/.test(code.slice(from, from + 20))) return undefined
  let angles = 0
  for (let at = from; at < code.length; at += 1) {
    const char = code[at]!
    if (char === '<') angles += 1
    if (char === '>' && code[at - 1] !== '=') angles -= 1
    if (char === '\n' && angles === 0) return undefined
    if (char === '(' || char === '[') at = closing(code, at)
    if (char !== '{') continue
    const end = closing(code, at)
    if (angles === 0 && !/^\s*[{|&[]/.test(code.slice(end + 1, end + 20))) return at
    at = end
  }
  return undefined
}

function closing(code: string, open: number): number {
  const opener = code[open]!
  const closer = PAIRS[opener]!
  let depth = 0
  for (let at = open; at < code.length; at += 1) {
    if (code[at] === opener) depth += 1
    if (code[at] === closer) depth -= 1
    if (depth === 0) return at
  }
  return code.length
}
