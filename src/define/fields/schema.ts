// JSON Schema of fields as OpenAPI 3.1 embeds it: what a request may hold, what an answer holds.
import type { Field, Fields, JsonSchema } from '../field.ts'
import { storedDefault } from './options.ts'

/** A request may leave out what has a default; an answer has every field. */
export type Side = 'request' | 'answer'

type Some = Field<unknown, {}, string>

/** Schema of an object of fields. Private fields are not in it; what the server writes is `readOnly`. */
export function objectSchema(fields: Fields, side: Side): JsonSchema {
  const shown = Object.entries(fields).filter(([, { options }]) => !options.private)
  const required = shown.filter(([, field]) => side === 'answer' || isNeeded(field)).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(shown.map(([name, field]) => [name, fieldSchema(field, side)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

/** Must a client send the field to create a row? */
export function isNeeded({ options }: Some): boolean {
  const server = options.readonly || options.derived || options.computed || options.private
  return !server && !options.optional && options.default === undefined
}

/** Schema of one field: the kind's own, with what the options say. */
export function fieldSchema(field: Some, side: Side): JsonSchema {
  const { kind, options } = field
  const initial = wireDefault(field)
  const example = options.example ?? (kind.storage === undefined ? undefined : kind.sample(1))
  return {
    ...(options.optional ? nullable(kind.schema) : kind.schema),
    ...(field.of && { items: objectSchema(field.of, side) }),
    ...(options.description !== undefined && { description: options.description }),
    ...(initial !== undefined && side === 'request' && { default: initial }),
    ...(example !== undefined && { examples: [example] }),
    ...((options.readonly || options.derived || options.computed) && { readOnly: true }),
  }
}

function wireDefault(field: Some): unknown {
  if (field.kind.storage === undefined) return field.options.default
  const stored = storedDefault(field)
  if (stored === undefined) return undefined
  return field.kind.toWire === undefined ? stored : field.kind.toWire(stored)
}

// A schema without a type allows null already.
function nullable(schema: JsonSchema): JsonSchema {
  if (schema.type === undefined) return schema
  return { ...schema, type: [schema.type, 'null'], ...(Array.isArray(schema.enum) && { enum: [...schema.enum, null] }) }
}
