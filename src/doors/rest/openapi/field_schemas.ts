// One field's schema on each of its sides: answered, shown with references followed, sent, patched.
import type { Field, Fields, JsonSchema } from '../../../define/field.ts'
import { fieldSchema, isNeeded } from '../../../define/fields/schema.ts'
import type { Reference, Schema } from './document.ts'
import { bounded } from './texts.ts'

type Some = Field<unknown, {}, string>
type Each = (field: Some) => Schema

/** As every answer shows it, references by id. */
export const answerSchema = (field: Some): JsonSchema => {
  return withItems(field, fieldSchema(field, 'answer'), shown(field.of), answerSchema, true)
}

/** As reads show it: a reference is an id or, where the caller asked for it, the row. */
export function viewSchema(field: Some, rowOf: (noun: string) => Reference): Schema {
  const each: Each = (one) => viewSchema(one, rowOf)
  const own = withItems(field, fieldSchema(field, 'answer'), shown(field.of), each, true)
  if (field.to === undefined) return own
  const { description, readOnly, examples, type: _type, ...id } = own
  const said = { ...(description !== undefined && { description }), ...(readOnly !== undefined && { readOnly }) }
  const nothing = field.options.optional ? [{ type: 'null' }] : []
  const oneOf = [{ type: 'string', ...id }, rowOf(field.to), ...nothing]
  return { ...said, oneOf, ...(examples !== undefined && { examples }) }
}

/** As a client sends it. */
export const requestSchema = (field: Some): JsonSchema =>
  withItems(field, fieldSchema(field, 'request'), sent(field.of), requestSchema, false)

/** As a merge patch sends it: the parts of one value may be left out, and nothing has a default. */
export function patchSchema(field: Some): JsonSchema {
  const { default: _default, ...own } = requestSchema(field)
  if (own['properties'] === undefined) return own
  const { required: _required, ...partial } = own
  return partial
}

/** The fields of an action's input or answer, as one object. */
export function objectOf(fields: Fields, side: 'request' | 'answer'): JsonSchema {
  const each = side === 'request' ? requestSchema : answerSchema
  return itemsOf(side === 'request' ? sent(fields) : shown(fields), each, side === 'answer')
}

type Named = readonly (readonly [string, Some])[]

function withItems(field: Some, schema: JsonSchema, inner: Named, each: Each, whole: boolean): JsonSchema {
  if (field.of === undefined) return bounded(schema)
  return { ...schema, items: itemsOf(inner, each, whole) }
}

function itemsOf(fields: Named, each: Each, whole: boolean): JsonSchema {
  const required = fields.filter(([, field]) => whole || isNeeded(field)).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, each(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

const shown = (fields: Fields = {}): Named => Object.entries(fields).filter(([, { options }]) => !options.private)

const sent = (fields: Fields = {}): Named =>
  Object.entries(fields).filter(([, { options }]) => {
    return !(options.private || options.readonly || options.derived || options.computed)
  })
