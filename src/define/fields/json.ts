// Any JSON value, kept as text: shown and replaced as a whole, never searched.
import type { Field, Kind, Options } from '../field.ts'
import { textOf } from './characters.ts'
import { isJson, type Json, type JsonLimits } from './json_value.ts'
import { defineField, type Only, wholeOption } from './options.ts'

export interface JsonOptions extends Options {
  /** Bytes of the compact value; default 16 KiB, at most 1 MiB. */
  readonly maxBytes?: number
  /** Levels of arrays and objects; default 16, at most 30: a whole body may have 32. */
  readonly maxDepth?: number
  readonly default?: Json
  readonly example?: Json
}

const kib = 1_024

/** A JSON value, neither filtered nor sorted by. Null at the top means no value. */
export function json<const O extends JsonOptions = {}>(options?: O & Only<O, JsonOptions>): Field<Json, O> {
  const maxBytes = wholeOption('json: maxBytes', options?.maxBytes, 16 * kib, 2, kib * kib)
  const maxDepth = wholeOption('json: maxDepth', options?.maxDepth, 16, 0, 30)
  return defineField(jsonKind({ maxBytes, maxDepth }), options, ['maxBytes', 'maxDepth'])
}

function jsonKind(limits: JsonLimits): Kind<Json> {
  const { maxBytes, maxDepth } = limits
  return {
    name: 'json',
    storage: 'text',
    folded: false,
    operators: [],
    sortable: false,
    checks: [{ check: 'json' }],
    // Without a type, so that any value fits; each limit binds the values it is about.
    schema: {
      description: `Any JSON value of at most ${maxBytes} bytes and ${maxDepth} levels.`,
      maxLength: maxBytes,
      maxItems: Math.ceil(maxBytes / 2),
      maxProperties: Math.ceil(maxBytes / 4),
    },
    parse: (wire, pointer, issues) => (isJson(wire, limits, pointer, issues) ? wire : undefined),
    fromText: (value) => value,
    toStored: storeJson,
    toValue: (stored) => JSON.parse(textOf(stored)),
    toWire: (stored) => JSON.parse(textOf(stored)),
    sample: (n) => (maxDepth === 0 || maxBytes < 32 ? n % 10 : { sample: n }),
  }
}

function storeJson(value: unknown): string {
  const text: unknown = JSON.stringify(value) // undefined for undefined and for functions, whatever its type says
  if (typeof text !== 'string') throw new TypeError(`json: server code must write a JSON value, not ${typeof value}`)
  return text
}
