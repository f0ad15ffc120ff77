// One of a few texts, known to the compiler and to the database.
import { isStorable } from '../../base/pure/text.ts'
import type { Field, Issues, Kind, Options } from '../field.ts'
import { textOf, textOperators } from './characters.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'

export interface ChoiceOptions<X extends string> extends Options {
  readonly default?: NoInfer<X>
  readonly example?: NoInfer<X>
}

const maxValues = 100
const maxValueLength = 100
/** A message names so many of the values; the contract names all. */
const namedValues = 10

/** One of 1 to 100 texts. Fails with TypeError when they are not unique texts of 1 to 100 characters. */
export function choice<const X extends string, const O extends ChoiceOptions<X> = {}>(
  values: readonly [X, ...X[]],
  options?: O & Only<O, ChoiceOptions<X>>,
): Field<X, O> {
  checkValues(values)
  return defineField(choiceKind(Object.freeze([...values])), options, [])
}

function checkValues(values: readonly unknown[]): void {
  if (!Array.isArray(values) || values.length === 0 || values.length > maxValues || !values.every(isProper)) {
    throw new TypeError(`choice: takes 1 to ${maxValues} texts of 1 to ${maxValueLength} characters`)
  }
  if (new Set(values).size < values.length) throw new TypeError('choice: a value is given twice')
}

function isProper(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= maxValueLength && isStorable(value)
}

function choiceKind<X extends string>(values: readonly X[]): Kind<X> {
  const known = new Map<unknown, X>(values.map((value) => [value, value]))
  const message = `Must be one of ${listed(values)}.`
  return {
    name: 'choice',
    storage: 'text',
    folded: false,
    operators: textOperators.filter((operator) => operator !== 'like'),
    sortable: true,
    checks: [{ check: 'in', values }],
    schema: { type: 'string', enum: values },
    parse: (wire, pointer, issues) => known.get(wire) ?? refuseChoice(wire, pointer, issues, message),
    fromText: (value) => value,
    toStored: (value) => storeChoice(known, value, message),
    // Not looked up: a newer process may have written a choice this one does not know yet, and it must be shown.
    toValue: textOf,
    toWire: undefined,
    sample: (n) => values[n % values.length],
  }
}

function refuseChoice(wire: unknown, pointer: string, issues: Issues, message: string): undefined {
  return refuse(issues, pointer, typeof wire === 'string' ? 'bad_choice' : 'wrong_type', message)
}

function storeChoice(known: ReadonlyMap<unknown, string>, value: unknown, message: string): string {
  const chosen = known.get(value)
  if (chosen === undefined) throw new TypeError(`choice: server code wrote another value. ${message}`)
  return chosen
}

function listed(values: readonly string[]): string {
  const named = values.slice(0, namedValues).map((value) => `"${value}"`)
  return `${named.join(', ')}${values.length > namedValues ? ' or others that the contract lists' : ''}`
}
