// An instant with milliseconds: a Date in code, RFC 3339 in UTC on the wire and in the column.
import { parseInstant } from '../../base/pure/calendar.ts'
import type { Field, Issues, Kind, Options } from '../field.ts'
import { textOf } from './characters.ts'
import { numberOperators } from './whole.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'

export interface TimestampOptions extends Options {
  readonly default?: Date
  readonly example?: string
}

/** An instant in the years 0001 to 9999. What is sent with another offset comes back in UTC. */
export function timestamp<const O extends TimestampOptions = {}>(
  options?: O & Only<O, TimestampOptions>,
): Field<Date, O> {
  return defineField(timestampKind, options, [])
}

const timestampKind: Kind<Date> = {
  name: 'timestamp',
  storage: 'instant',
  folded: false,
  operators: numberOperators,
  sortable: true,
  checks: [],
  schema: { type: 'string', format: 'date-time', minLength: 20, maxLength: 64 },
  parse: parseTimestamp,
  fromText: (value) => value,
  toStored: storeTimestamp,
  toValue: (stored) => new Date(textOf(stored)),
  toWire: undefined,
  sample: (n) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
}

function parseTimestamp(wire: unknown, pointer: string, issues: Issues): Date | undefined {
  if (typeof wire !== 'string') return refuse(issues, pointer, 'wrong_type', 'Must be a time written as text.')
  const canonical = parseInstant(wire)
  if (canonical !== undefined) return new Date(canonical)
  const form = 'Must be a time such as 2026-01-31T12:00:00.000Z: with an offset, and no finer than milliseconds.'
  return refuse(issues, pointer, 'bad_format', form)
}

function storeTimestamp(value: unknown): string {
  const text = value instanceof Date && !Number.isNaN(value.getTime()) ? parseInstant(value.toISOString()) : undefined
  if (text === undefined)
    throw new TypeError('timestamp: server code must write a valid Date in the years 0001 to 9999')
  return text
}
