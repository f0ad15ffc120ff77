// A name for URLs: lower-case letters and digits, joined by single hyphens.
import type { Field, Issues, Kind, Options } from '../field.ts'
import { checkText, storedText, textOf, textOperators } from './characters.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'

export interface SlugOptions extends Options {
  readonly default?: string
  readonly example?: string
}

const length = Object.freeze({ min: 1, max: 80 })
const shape = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** A slug of 1 to 80 characters. */
export function slug<const O extends SlugOptions = {}>(options?: O & Only<O, SlugOptions>): Field<string, O> {
  return defineField(slugKind, options, [])
}

const slugKind: Kind<string> = {
  name: 'slug',
  storage: 'text',
  folded: false,
  operators: textOperators,
  sortable: true,
  checks: [{ check: 'length', ...length }],
  schema: { type: 'string', minLength: length.min, maxLength: length.max, pattern: shape.source },
  parse: parseSlug,
  fromText: (value) => value,
  toStored: (value) => storedText('slug', value),
  toValue: textOf,
  toWire: undefined,
  sample: (n) => `sample-${n}`,
}

function parseSlug(wire: unknown, pointer: string, issues: Issues): string | undefined {
  const value = checkText(wire, length, pointer, issues)
  if (value === undefined || shape.test(value)) return value
  return refuse(issues, pointer, 'bad_format', 'Must be lower-case letters and digits joined by single hyphens.')
}
