// What an operation takes as its body: schema, media types, an example.
import { httpLimits, jsonLimits } from '../../../base/limits.ts'
import type { JsonSchema } from '../../../define/field.ts'
import { isStandard, type StandardSchema } from '../../../define/input.ts'
import { isCreate, isSafe, type Operation } from '../../../define/operation.ts'
import type { MediaType, RequestBody } from './document.ts'
import { fieldsExample, freshExample, patchExample } from './examples.ts'
import { objectOf } from './field_schemas.ts'
import type { Making } from './making.ts'
import { pascal } from './names.ts'
import { freshSchema, patchOf, sentOf } from './noun_schemas.ts'

/** The body, or undefined for what takes none. */
export function requestBodyOf(making: Making, operation: Operation): RequestBody | undefined {
  const { verb, noun } = operation
  if (isSafe(operation)) return undefined
  if (verb === 'act') return actionBody(making, operation)
  if (verb === 'update') return patchBody(making, operation)
  if (verb !== 'create' && verb !== 'replace') return undefined
  const content = { schema: freshSchema(making, noun), example: freshExample(noun) }
  return body(verb === 'create' ? 'The new row.' : 'The whole row, as it shall be.', content)
}

/** A field that the body holds, for examples of what can be wrong with it. */
export function fieldOfBody({ verb, noun, action }: Operation): string | undefined {
  if (verb !== 'act') return sentOf(noun)[0]?.name
  const { input } = action?.spec ?? {}
  return input === undefined || isStandard(input) ? undefined : Object.keys(input)[0]
}

function patchBody(making: Making, { noun }: Operation): RequestBody {
  const content = { schema: patchOf(making, noun), example: patchExample(noun) }
  return {
    description: 'The change.',
    required: true,
    content: { 'application/merge-patch+json': content, 'application/json': content },
  }
}

function actionBody(making: Making, operation: Operation): RequestBody {
  const { input } = operation.action?.spec ?? {}
  const name = inputName(making, operation)
  if (input !== undefined && isStandard(input)) {
    const { example, ...schema } = standardSchema(input)
    const shelved = making.shelf.use('schemas', name, () => schema)
    return body('What it is done with.', { schema: shelved, ...(example !== undefined && { example }) })
  }
  const fields = input ?? {}
  const empty = Object.keys(fields).length === 0
  const schema = empty
    ? objectOf(fields, 'request')
    : making.shelf.use('schemas', name, () => objectOf(fields, 'request'))
  const said = empty ? 'Nothing, or an object that holds nothing.' : 'What it is done with.'
  return { ...body(said, { schema, example: fieldsExample(fields, 'request') }), required: !empty }
}

function inputName(making: Making, { noun, action }: Operation): string {
  const names = making.names(noun)
  if (action === undefined || isCreate(action)) return names.fresh
  return `${names.row}${pascal(action.name)}Input`
}

const body = (description: string, content: MediaType): RequestBody => ({
  description,
  required: true,
  content: { 'application/json': content },
})

// ---- schemas of others

/** The app's own schema, where it can say itself as JSON Schema; bounded by what the door lets through at all. */
function standardSchema(input: StandardSchema): JsonSchema {
  const made = input['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })
  if (made === undefined) return { description: 'Checked by the operation itself; its shape is not published.' }
  const { $schema: _dialect, $id: _id, examples, ...schema } = made
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined
  return { ...boundedByDoor(schema), ...(example !== undefined && { example }) }
}

function boundedByDoor(schema: JsonSchema): JsonSchema {
  const bounds = boundsOf(schema['type'])
  const inner = Object.entries(schema).map(([keyword, value]) => [keyword, deeper(keyword, value)])
  return { ...bounds, ...Object.fromEntries(inner) }
}

function boundsOf(type: unknown): JsonSchema {
  if (type === 'string') return { maxLength: httpLimits.bodyBytes }
  if (type === 'array') return { maxItems: jsonLimits.nodes }
  if (type === 'integer') return { format: 'int64', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
  return {}
}

/** Keywords that hold one schema, a list of them, or schemas by name. */
const one = new Set(['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'])
const several = new Set(['properties', 'anyOf', 'oneOf', 'allOf', 'prefixItems', '$defs', 'patternProperties'])

function deeper(keyword: string, value: unknown): unknown {
  if (one.has(keyword)) return isSchema(value) ? boundedByDoor(value) : value
  if (!several.has(keyword) || typeof value !== 'object' || value === null) return value
  const bound = (inner: unknown): unknown => (isSchema(inner) ? boundedByDoor(inner) : inner)
  if (Array.isArray(value)) return value.map(bound)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, bound(inner)]))
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
