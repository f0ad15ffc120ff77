// Makes a field and judges its options where they are written: a wrong definition never starts.
import type { Field, Kind, Options, Place, Stored } from '../field.ts'
import { makeField } from '../field.ts'
import { collectIssues } from './issues.ts'

type KeysOf<X> = X extends unknown ? keyof X : never

/** Refuses options a kind does not have; a misspelt one would be dropped in silence. */
export type Only<O, Known> = { readonly [K in Exclude<keyof O, KeysOf<Known>>]: never }

const flags = ['optional', 'readonly', 'private', 'unique', 'derived', 'computed'] as const
const shared = new Set<string>([...flags, 'default', 'description', 'example'])

/** Defaults live in no row yet, so nothing can be sealed for them. */
export const nowhere: Place = Object.freeze({
  table: '',
  column: '',
  row: '',
  seal: () => {
    throw new TypeError('a default cannot be sealed')
  },
  open: () => {
    throw new TypeError('a default cannot be opened')
  },
})

/** Makes the field; `own` are the options of this kind alone. Fails with TypeError for options that make no sense. */
export function defineField<X, O extends object, T extends string = never, I = X>(
  kind: Kind,
  options: Options | undefined,
  own: readonly string[],
  more: Pick<Field, 'to' | 'inverse' | 'onDelete' | 'of'> = {},
): Field<X, O, T, I> {
  const given: Options = options ?? {}
  for (const key of Object.keys(given)) {
    if (!shared.has(key) && !own.includes(key)) throw new TypeError(`${kind.name}: there is no option "${key}"`)
  }
  for (const flag of flags) {
    const value: unknown = given[flag]
    if (value !== undefined && typeof value !== 'boolean')
      throw new TypeError(`${kind.name}: "${flag}" is true or false`)
  }
  checkAxes(kind, given)
  checkExample(kind, given)
  checkDefault(kind, given)
  return makeField<X, O, T, I>(kind, given, more)
}

function checkAxes(kind: Kind, { derived, computed, unique, private: hidden, ...given }: Options): void {
  const refused: readonly (readonly [boolean | undefined, string])[] = [
    [derived && computed, 'a field is derived (stored) or computed (shown), not both'],
    [(derived || computed) && given.default !== undefined, 'what the server computes has no default'],
    [computed && unique, 'a computed field has no column, so nothing can keep it unique'],
    [computed && hidden, 'a computed field exists only where it is shown, so it cannot be private'],
    [unique && !kind.operators.includes('eq'), 'values of this kind cannot be compared, so they cannot be unique'],
  ]
  for (const [is, why] of refused) if (is) throw new TypeError(`${kind.name}: ${why}`)
}

function checkExample(kind: Kind, { example }: Options): void {
  if (example !== undefined) checkWire(kind, example, 'the example')
}

function checkDefault(kind: Kind, given: Options): void {
  if (!Object.hasOwn(given, 'default')) return
  if (given.default === null || given.default === undefined) {
    throw new TypeError(`${kind.name}: a default is a value; leave it out of an optional field to mean null`)
  }
  if (kind.storage === undefined) return // items, which allow only the empty list and check it themselves
  const stored = kind.toStored(given.default, nowhere)
  checkWire(kind, kind.toWire === undefined ? stored : kind.toWire(stored), 'the default')
}

function checkWire(kind: Kind, wire: unknown, what: string): void {
  const issues = collectIssues()
  kind.parse(wire, '', issues)
  const wrong = issues.found[0]
  if (wrong !== undefined) throw new TypeError(`${kind.name}: ${what} is refused by the field itself: ${wrong.message}`)
}

/** The column's default; undefined where there is none. */
export function storedDefault({ kind, options }: Pick<Field, 'kind' | 'options'>): Stored | undefined {
  if (options.default === undefined || kind.storage === undefined) return undefined
  return kind.toStored(options.default, nowhere)
}

/** A whole number from `least` to `most`, or the fallback. Fails with TypeError for anything else. */
export function wholeOption(
  what: string,
  value: number | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  const whole = value ?? fallback
  if (!Number.isInteger(whole) || whole < least || whole > most) {
    throw new TypeError(`${what} is a whole number from ${least} to ${most}`)
  }
  return whole
}

/** Fails with TypeError when there is no value between the bounds. */
export function checkBounds(kind: string, min: number | bigint, max: number | bigint): void {
  if (min > max) throw new TypeError(`${kind}: min ${min} is above max ${max}`)
}
