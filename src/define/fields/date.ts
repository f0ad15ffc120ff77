// A day of the calendar, without time or zone: YYYY-MM-DD in code, on the wire and in the column.
import { isDate } from '../../base/pure/calendar.ts'
import type { Field, Issues, Kind, Options } from '../field.ts'
import { textOf } from './characters.ts'
import { numberOperators } from './whole.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'

export interface DateOptions extends Options {
  readonly default?: string
  readonly example?: string
}

/** A date that exists, in the years 0001 to 9999. */
export function date<const O extends DateOptions = {}>(options?: O & Only<O, DateOptions>): Field<string, O> {
  return defineField(dateKind, options, [])
}

const dateKind: Kind<string> = {
  name: 'date',
  storage: 'date',
  folded: false,
  operators: numberOperators,
  sortable: true,
  checks: [{ check: 'date' }],
  schema: { type: 'string', format: 'date', minLength: 10, maxLength: 10 },
  parse: parseDate,
  fromText: (value) => value,
  toStored: storeDate,
  toValue: textOf,
  toWire: undefined,
  sample: (n) => new Date(Date.UTC(2026, 0, 1) + (n % 2_000_000) * 86_400_000).toISOString().slice(0, 10),
}

function parseDate(wire: unknown, pointer: string, issues: Issues): string | undefined {
  if (typeof wire !== 'string') return refuse(issues, pointer, 'wrong_type', 'Must be a date written as text.')
  if (isDate(wire)) return wire
  return refuse(issues, pointer, 'bad_format', 'Must be a date that exists, such as 2026-01-31.')
}

function storeDate(value: unknown): string {
  if (typeof value !== 'string' || !isDate(value)) {
    throw new TypeError('date: server code must write a date that exists, as YYYY-MM-DD')
  }
  return value
}
