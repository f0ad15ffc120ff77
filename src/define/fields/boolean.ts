// Yes or no.
import type { Field, Kind, Options } from '../field.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'

export interface BooleanOptions extends Options {
  readonly default?: boolean
  readonly example?: boolean
}

/** True or false. */
export function boolean<const O extends BooleanOptions = {}>(options?: O & Only<O, BooleanOptions>): Field<boolean, O> {
  return defineField(booleanKind, options, [])
}

const booleanKind: Kind<boolean> = {
  name: 'boolean',
  storage: 'bool',
  folded: false,
  operators: ['eq', 'ne', 'null'],
  sortable: true,
  checks: [],
  schema: { type: 'boolean' },
  parse: (wire, pointer, issues) =>
    typeof wire === 'boolean' ? wire : refuse(issues, pointer, 'wrong_type', 'Must be true or false.'),
  fromText: (value) => (value === 'true' ? true : value === 'false' ? false : value),
  toStored: (value) => asBoolean(value, 'server code must write'),
  toValue: (stored) => asBoolean(stored, 'the column must hold'),
  toWire: undefined,
  sample: (n) => n % 2 === 1,
}

function asBoolean(value: unknown, who: string): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`boolean: ${who} true or false, not ${typeof value}`)
  return value
}
