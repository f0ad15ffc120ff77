// Finds what is wrong with a JSON text the reader refused, and where. Runs only then, so it may be slow, but not deep.
import { pointer } from './pure/pointer.ts'

/** The first fault: its place in the text (UTF-16), and the rest of a sentence that begins with "The body". */
export interface Fault {
  readonly at: number
  readonly what: string
}

interface Reader {
  readonly text: string
  at: number
}

/** Keys are shown, but not at any length. */
const maxShown = 100

const space = /[ \t\n\r]*/y
const scalar = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const fourHex = /^[0-9a-fA-F]{4}$/

/**
 * The first fault of a JSON text (RFC 8259): a syntax error, a key twice in one object, a `__proto__` key; undefined if
 * there is none. Calls itself once a level, so the depth must have been bounded before.
 */
export function faultOf(text: string): Fault | undefined {
  const reader = { text, at: 0 }
  const fault = inValue(reader, '')
  if (fault !== undefined) return fault
  return reader.at < text.length ? syntax(reader.at) : undefined
}

function inValue(reader: Reader, path: string): Fault | undefined {
  skip(reader, space)
  const fault = inToken(reader, path)
  skip(reader, space)
  return fault
}

function inToken(reader: Reader, path: string): Fault | undefined {
  switch (reader.text[reader.at]) {
    case '{':
      return inObject(reader, path)
    case '[':
      return inArray(reader, path)
    case '"':
      return inString(reader)
    default:
      return skip(reader, scalar) ? undefined : syntax(reader.at)
  }
}

function inArray(reader: Reader, path: string): Fault | undefined {
  if (isEmpty(reader, ']')) return undefined
  for (let index = 0; ; index++) {
    const fault = inValue(reader, pointer(path, index))
    if (fault !== undefined) return fault
    const mark = reader.text[reader.at++]
    if (mark === ']') return undefined
    if (mark !== ',') return syntax(reader.at - 1)
  }
}

function inObject(reader: Reader, path: string): Fault | undefined {
  const seen = new Set<string>()
  if (isEmpty(reader, '}')) return undefined
  for (;;) {
    const fault = inMember(reader, path, seen)
    if (fault !== undefined) return fault
    const mark = reader.text[reader.at++]
    if (mark === '}') return undefined
    if (mark !== ',') return syntax(reader.at - 1)
  }
}

function inMember(reader: Reader, path: string, seen: Set<string>): Fault | undefined {
  skip(reader, space)
  const start = reader.at
  if (reader.text[start] !== '"') return syntax(start)
  const broken = inString(reader)
  if (broken !== undefined) return broken
  const key = String(JSON.parse(reader.text.slice(start, reader.at)))
  const here = pointer(path, key)
  if (key === '__proto__') return { at: start, what: `has a key "__proto__" at ${shown(here)}` }
  if (seen.has(key)) return { at: start, what: `has the same key twice at ${shown(here)}` }
  seen.add(key)
  skip(reader, space)
  return reader.text[reader.at++] === ':' ? inValue(reader, here) : syntax(reader.at - 1)
}

function inString(reader: Reader): Fault | undefined {
  reader.at++
  for (;;) {
    const unit = reader.text.charCodeAt(reader.at)
    // NaN past the end, a control character, a quote, a backslash; everything else is itself.
    if (!(unit >= 0x20)) return syntax(reader.at)
    const length = unit === 0x5c ? escapeLength(reader) : 1
    if (length === 0) return syntax(reader.at)
    reader.at += length
    if (unit === 0x22) return undefined
  }
}

function escapeLength({ text, at }: Reader): number {
  const letter = text.charAt(at + 1)
  if (letter === 'u') return fourHex.test(text.slice(at + 2, at + 6)) ? 6 : 0
  return letter !== '' && '"\\/bfnrt'.includes(letter) ? 2 : 0
}

/** Steps over the opening bracket, and over the closing one if it follows. */
function isEmpty(reader: Reader, closing: string): boolean {
  reader.at++
  skip(reader, space)
  if (reader.text[reader.at] !== closing) return false
  reader.at++
  return true
}

function skip(reader: Reader, token: RegExp): boolean {
  token.lastIndex = reader.at
  if (!token.test(reader.text)) return false
  reader.at = token.lastIndex
  return true
}

function syntax(at: number): Fault {
  return { at, what: 'is not valid JSON' }
}

function shown(path: string): string {
  return path.length <= maxShown ? path : `${path.slice(0, maxShown)}…`
}
