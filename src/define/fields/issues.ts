// The wrong values of one body, gathered: a caller sees all of them at once, not one a request.
import { pointer } from '../../base/pure/pointer.ts'
import type { FieldCode, FieldError } from '../../base/pure/problem.ts'
import type { Issues } from '../field.ts'

/** More wrong values than this help nobody, and an answer must stay smaller than the body that caused it. */
export const maxIssues = 100

/** An empty collection of at most 100 wrong values; further ones are dropped. */
export function collectIssues(): Issues {
  const found: FieldError[] = []
  return {
    found,
    add(pointer, code, message) {
      if (found.length < maxIssues) found.push({ pointer, code, message })
    },
  }
}

/** Adds one wrong value and answers undefined, which is what `parse` answers then. */
export function refuse(issues: Issues, pointer: string, code: FieldCode, message: string): undefined {
  issues.add(pointer, code, message)
  return undefined
}

/** A key longer than this is cut in pointers, or the answer would carry what the caller stuffed into the body. */
const maxKeyLength = 100

/** The pointer to a key or index that the caller chose. */
export function pointerTo(base: string, key: string | number): string {
  return pointer(base, typeof key === 'string' && key.length > maxKeyLength ? `${key.slice(0, maxKeyLength)}…` : key)
}

/** "1 character", "2 characters": counts as messages say them. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
