// A JSON value that survives the way to a column and back: walked once, within limits, every wrong place named.
import { isStorable } from '../../base/pure/text.ts'
import type { Issues } from '../field.ts'
import { isObject } from './body.ts'
import { pointerTo, refuse } from './issues.ts'

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface JsonLimits {
  /** Bytes of the value as compact UTF-8. */
  readonly maxBytes: number
  /** Arrays and objects inside one another; a plain value has depth 0. */
  readonly maxDepth: number
}

interface Walk {
  readonly limits: JsonLimits
  readonly issues: Issues
  /** Every value takes a byte at least, so the walk of a value that is too big stops early. */
  bytes: number
}

/** Is the value within the limits and free of what is lost on the way? Adds what is wrong to `issues`. */
export function isJson(value: unknown, limits: JsonLimits, pointer: string, issues: Issues): value is Json {
  const already = issues.found.length
  const walk: Walk = { limits, issues, bytes: 0 }
  walkValue(walk, value, pointer, 0)
  if (issues.found.length > already) return false
  if (walk.bytes <= limits.maxBytes && Buffer.byteLength(JSON.stringify(value)) <= limits.maxBytes) return true
  issues.add(pointer, 'too_long', `Must be at most ${limits.maxBytes} bytes of JSON.`)
  return false
}

function walkValue(walk: Walk, value: unknown, pointer: string, depth: number): void {
  walk.bytes += typeof value === 'string' ? value.length : 1
  if (walk.bytes > walk.limits.maxBytes || value === null || typeof value === 'boolean') return
  if (typeof value === 'string') return walkText(walk, value, pointer)
  if (typeof value === 'number') return walkNumber(walk, value, pointer)
  if (!Array.isArray(value) && !isPlain(value))
    return refuse(walk.issues, pointer, 'wrong_type', 'Must be a JSON value.')
  if (depth >= walk.limits.maxDepth) {
    return refuse(walk.issues, pointer, 'too_large', `Must be at most ${walk.limits.maxDepth} levels deep.`)
  }
  if (Array.isArray(value)) return walkItems(walk, value, pointer, depth + 1)
  return walkMembers(walk, value, pointer, depth + 1)
}

function walkItems(walk: Walk, items: readonly unknown[], pointer: string, depth: number): void {
  // By index: an array with holes would skip them otherwise, and JSON writes null there.
  for (let index = 0; index < items.length && walk.bytes <= walk.limits.maxBytes; index++) {
    walkValue(walk, items[index], pointerTo(pointer, index), depth)
  }
}

function walkMembers(walk: Walk, value: { readonly [key: string]: unknown }, pointer: string, depth: number): void {
  for (const key of Object.keys(value)) {
    walk.bytes += key.length
    if (walk.bytes > walk.limits.maxBytes) return
    const at = pointerTo(pointer, key)
    // Copying such an object by assignment would change its prototype instead.
    if (key === '__proto__') walk.issues.add(at, 'unknown', 'A key must not be named __proto__.')
    else if (isStorable(key)) walkValue(walk, value[key], at, depth)
    else walk.issues.add(at, 'bad_characters', 'A key must not hold NUL characters or halves of surrogate pairs.')
  }
}

function walkText(walk: Walk, text: string, pointer: string): void {
  if (isStorable(text)) return
  walk.issues.add(pointer, 'bad_characters', 'Must not hold NUL characters or halves of surrogate pairs.')
}

function walkNumber(walk: Walk, value: number, pointer: string): void {
  const { issues } = walk
  if (Object.is(value, -0)) return refuse(issues, pointer, 'bad_format', 'Must be 0, not -0.')
  if (Number.isNaN(value)) return refuse(issues, pointer, 'wrong_type', 'Must be a number.')
  if (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)) return
  const code = value > 0 ? 'too_large' : 'too_small'
  issues.add(pointer, code, 'Must be within 2^53 - 1 of zero; send greater numbers as text.')
}

function isPlain(value: unknown): value is { readonly [key: string]: unknown } {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
