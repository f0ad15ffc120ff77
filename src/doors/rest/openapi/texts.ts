// Schemas of texts, each with the bounds that outsiders' tools ask for.
import type { JsonSchema } from '../../../define/field.ts'

/** What every text refuses is NUL; the one spelling of it that all dialects of regular expressions share. */
export const noNul = String.raw`^[^\x00]*$`

/** A text of at most so many characters, for those who add a format or a pattern. */
export const text = (maxLength: number, minLength = 0): JsonSchema => ({ type: 'string', minLength, maxLength })

/** A text of at most so many characters, whatever they are. */
export const anyText = (maxLength: number, minLength = 0): JsonSchema => ({
  ...text(maxLength, minLength),
  pattern: noNul,
})

export const idText: JsonSchema = { ...text(36, 36), format: 'uuid' }
export const instantText: JsonSchema = { ...text(64, 20), format: 'date-time' }
export const requestIdText: JsonSchema = { ...text(128, 1), pattern: '^[A-Za-z0-9._-]{1,128}$' }
/** A sealed place in a list. It holds the sort's values, so only the length of a query bounds it. */
export const cursorText: JsonSchema = { ...text(8_192, 1), pattern: '^[A-Za-z0-9._-]+$' }

/** Examples of what the server itself writes. */
export const sampleId = '01930f5c-7d2a-7000-8000-000000000001'
export const sampleInstant = '2026-01-31T12:00:00.000Z'
export const sampleRequestId = '01930f5c-7d2a-7000-8000-0000000000aa'
export const sampleCursor = 'v1.qQ3uYh2K.mJx0bYyQf3o1kzv2H8d5tA'

/** Gives every text in a schema a pattern that has none of its own and no format or list of values. */
export function bounded(schema: JsonSchema): JsonSchema {
  const types: unknown[] = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  if (!types.includes('string')) return schema
  if (['pattern', 'format', 'enum', 'const'].some((keyword) => keyword in schema)) return schema
  return { ...schema, pattern: noNul }
}
