// Reads a JSON body that a stranger sent: every bound is checked by one scan of the bytes before the parser runs.
import { isUtf8 } from 'node:buffer'
import { faultOf } from './json_fault.ts'
import { jsonLimits } from './limits.ts'
import { Problem } from './pure/problem.ts'

/** What a body may cost. */
export interface JsonLimits {
  readonly depth: number
  readonly keysPerObject: number
  readonly nodes: number
}

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openArray = 0x5b
const backslash = 0x5c
const closeArray = 0x5d
const openObject = 0x7b
const closeObject = 0x7d

/**
 * Parses a JSON text. Fails with `malformed`: not UTF-8, a byte order mark, not JSON, nested too deep, too many keys or
 * values, a key twice in one object (also spelled with escapes), a `__proto__` key. Linear in the length.
 */
export function readJson(bytes: Uint8Array, limits: JsonLimits = jsonLimits): unknown {
  const text = decode(bytes)
  const members = countMembers(bytes, limits)
  const value = parse(text)
  // Where a key came twice the parser kept one of the two, so fewer keys are left than members were counted.
  if (members > 0 && isObject(value) && countKeys(value) !== members) throw faulty(text)
  return value
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw malformed('The body begins with a byte order mark; send plain UTF-8.')
  }
  if (!isUtf8(bytes)) throw malformed('The body is not valid UTF-8.')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw faulty(text, cause)
  }
}

/** Members of all objects, counted by their colons. Brackets that do not match are the parser's to refuse. */
function countMembers(bytes: Uint8Array, limits: JsonLimits): number {
  // Keys of the open objects, outermost first; index 0 takes the colons of a text that begins with none.
  const keys = [0]
  let depth = 0
  let members = 0
  // Each value is the first of its container or follows a comma, so an empty container counts as two.
  let nodes = 1
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case quote:
        at = endOfString(bytes, at)
        break
      case colon:
        members++
        keys[depth] = (keys[depth] ?? 0) + 1
        if (keys[depth]! > limits.keysPerObject) throw tooMany(`an object has over ${limits.keysPerObject} keys`, at)
        break
      case comma:
        if (++nodes > limits.nodes) throw tooMany(`it holds over ${limits.nodes} values`, at)
        break
      case openObject:
      case openArray:
        if (++depth > limits.depth) throw tooMany(`it is nested over ${limits.depth} levels deep`, at)
        if (++nodes > limits.nodes) throw tooMany(`it holds over ${limits.nodes} values`, at)
        keys[depth] = 0
        break
      case closeObject:
      case closeArray:
        if (depth > 0) depth--
        break
      default:
    }
  }
  return members
}

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from + 1
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at
}

/** Keys of all objects; NaN, which equals no count, if one is `__proto__`: assigned later it would set a prototype. */
function countKeys(value: object): number {
  let count = 0
  if (Array.isArray(value)) {
    for (const entry of value) if (isObject(entry)) count += countKeys(entry)
    return count
  }
  // By far the fastest walk. Keys that somebody put on Object.prototype are not counted, so they change no answer.
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    if (key === '__proto__') return Number.NaN
    // A key of the object itself, so this reads what the parser put there.
    const entry = (value as Readonly<Record<string, unknown>>)[key]
    count += isObject(entry) ? countKeys(entry) + 1 : 1
  }
  return count
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function faulty(text: string, cause?: unknown): Problem {
  const fault = faultOf(text)
  if (fault === undefined) return malformed('The body is not valid JSON.', cause)
  return malformed(`The body ${fault.what} (byte ${Buffer.byteLength(text.slice(0, fault.at))}).`, cause)
}

function tooMany(what: string, at: number): Problem {
  return malformed(`The body cannot be read: ${what} (byte ${at}).`)
}

function malformed(detail: string, cause?: unknown): Problem {
  return new Problem('malformed', detail, { cause })
}
