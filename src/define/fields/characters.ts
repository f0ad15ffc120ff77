// What every kind made of text shares: length in code points, characters a column can hold, comparisons.
import { codePoints, isStorable } from '../../base/pure/text.ts'
import type { Issues, Operator, Stored } from '../field.ts'
import { counted, refuse } from './issues.ts'

/** Comparisons of text, in the order of its code points. */
export const textOperators: readonly Operator[] = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'like', 'null']

/** Least and most code points of a text. */
export interface Length {
  readonly min: number
  readonly max: number
}

/** The text, or undefined with the reason in `issues`. A text far too long is refused without being read. */
export function checkText(wire: unknown, length: Length, pointer: string, issues: Issues): string | undefined {
  if (typeof wire !== 'string') return refuse(issues, pointer, 'wrong_type', 'Must be text.')
  if (isLonger(wire, length.max)) {
    return refuse(issues, pointer, 'too_long', `Must be at most ${counted(length.max, 'character')} long.`)
  }
  if (isShorter(wire, length.min)) {
    return refuse(issues, pointer, 'too_short', `Must be at least ${counted(length.min, 'character')} long.`)
  }
  if (!isStorable(wire)) {
    return refuse(issues, pointer, 'bad_characters', 'Must not hold NUL characters or halves of surrogate pairs.')
  }
  return wire
}

// A code point is one or two code units, so most texts are judged by `length` alone.
const isLonger = (text: string, max: number): boolean =>
  text.length > max && (text.length > 2 * max || codePoints(text) > max)

const isShorter = (text: string, min: number): boolean =>
  text.length < 2 * min && (text.length < min || codePoints(text) < min)

/** A text that server code writes. Fails with TypeError for what no column can hold. */
export function storedText(kind: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${kind}: server code must write a text, not ${typeof value}`)
  if (!isStorable(value)) throw new TypeError(`${kind}: a text with NUL or half a surrogate pair cannot be stored`)
  return value
}

/** A stored value that must be text, as the column's class says. */
export function textOf(stored: Stored): string {
  if (typeof stored !== 'string') throw new TypeError(`the column holds ${typeof stored} where text is stored`)
  return stored
}

/** A stored value that must be a number, as the column's class says. */
export function numberOf(stored: Stored): number {
  if (typeof stored !== 'number') throw new TypeError(`the column holds ${typeof stored} where a number is stored`)
  return stored
}
