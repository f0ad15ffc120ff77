// The list language as parameters: filters by field, order, size, place, words, count.
import { pageLimits } from '../../../base/limits.ts'
import type { JsonSchema, Operator } from '../../../define/field.ts'
import type { Noun, NounField } from '../../../define/noun.ts'
import type { Parameter, Reference } from './document.ts'
import { sampleOf } from './examples.ts'
import type { Making } from './making.ts'
import { pascal } from './names.ts'
import { isGuarded } from './noun_schemas.ts'
import { shownParameters } from './shown_parameters.ts'
import { anyText, bounded, cursorText, idText, instantText, sampleCursor, sampleId, sampleInstant } from './texts.ts'

type Some = Parameter | Reference

const metaOperators: readonly Operator[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in']
/** Names of the list language itself; a field of the same name cannot be a parameter beside it. */
const own = new Set(['sort', 'limit', 'after', 'fields', 'expand', 'q', 'count'])

/** Every parameter of a list. */
export function listParameters(making: Making, noun: Noun): Some[] {
  const filters = noun.fields.filter((field) => isNameable(field) && field.field.kind.operators.length > 0)
  const { row } = making.names(noun)
  return [
    ...filters
      .filter(({ name }) => !own.has(name))
      .map((field) => making.shelf.use('parameters', `${row}By${pascal(field.name)}`, () => fieldFilter(field))),
    ...metaFilters(making),
    ...(noun.search.length > 0 ? [wordsParameter(noun)] : []),
    sortParameter(noun),
    ...pageParameters(making),
    countParameter(making),
    ...shownParameters(making, noun),
  ]
}

/** May some caller name the field in a filter or a sort? What rows hide from a caller, filters must not tell. */
function isNameable(field: NounField): boolean {
  return field.shown && (field.read === undefined || field.read.callers.length > 0)
}

function fieldFilter(field: NounField): Parameter {
  const { name } = field
  const { operators } = field.field.kind
  const wire = sampleOf(field.field)
  const sample = isPlain(wire) ? wire : Object.values(Object(wire))[0]
  const guarded = isGuarded(field) ? ' Only callers who see the field in every row may name it.' : ''
  return filter(
    name,
    operators,
    comparedSchema(field),
    sample,
    `${field.field.options.description ?? ''}${guarded}`.trim(),
  )
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

function metaFilters({ shelf }: Making): Reference[] {
  const meta = [
    ['id', idText, sampleId],
    ['createdAt', instantText, sampleInstant],
    ['updatedAt', instantText, sampleInstant],
  ] as const
  return meta.map(([name, schema, sample]) =>
    shelf.use('parameters', `By${pascal(name)}`, () => filter(name, metaOperators, schema, sample, '')),
  )
}

function filter(
  name: string,
  operators: readonly Operator[],
  schema: JsonSchema,
  sample: unknown,
  more: string,
): Parameter {
  const properties = Object.fromEntries(operators.map((operator) => [operator, operandSchema(operator, schema)]))
  const operator = operators.find((one) => one === 'gte') ?? 'eq'
  return {
    name,
    in: 'query',
    description: [`Rows by \`${name}\`; \`${name}=value\` is short for \`${name}[eq]=value\`.`, more].join(' ').trim(),
    required: false,
    style: 'deepObject',
    explode: true,
    schema: { type: 'object', properties, additionalProperties: false },
    example: { [operator]: sample },
  }
}

function operandSchema(operator: Operator, schema: JsonSchema): JsonSchema {
  if (operator === 'null') return { type: 'boolean', description: 'Whether the field has no value.' }
  if (operator === 'in') return { ...anyText(8_192, 1), description: 'Up to 100 values, separated by commas.' }
  if (operator !== 'like') return schema
  return {
    ...anyText(100, 1),
    description: 'A pattern: `%` stands for any text, `_` for one character, at most 5 of them.',
  }
}

/** What a filter compares with: the kind's value as a query writes it (the amount, where a value is money). */
function comparedSchema({ field: { kind } }: NounField): JsonSchema {
  const { examples: _examples, ...schema } = kind.schema
  const written = kind.fromText('probe')
  const { properties } = schema
  if (typeof written !== 'object' || written === null || typeof properties !== 'object' || properties === null)
    return bounded(schema)
  const [part] = Object.entries(written).find(([, value]) => value === 'probe') ?? []
  const inner: unknown = Object.entries(properties).find(([name]) => name === part)?.[1]
  return typeof inner === 'object' && inner !== null ? { ...inner } : bounded(schema)
}

function wordsParameter({ search }: Noun): Parameter {
  const quoted = search.map((name) => `\`${name}\``)
  return {
    name: 'q',
    in: 'query',
    description: `Rows that hold every one of these words in ${quoted.join(', ')}; at most ${pageLimits.searchWords}.`,
    required: false,
    schema: anyText(200, 1),
    example: 'sample',
  }
}

function sortParameter(noun: Noun): Parameter {
  const nameable = new Set(noun.fields.filter(isNameable).map(({ name }) => name))
  const isServed = (key: string): boolean => !noun.byName.has(key) || nameable.has(key)
  const served = noun.sorts
    .map(({ keys }) => (keys.length === 0 ? ['id'] : keys))
    .filter((keys) => keys.every(isServed))
  const names = served.flatMap((keys) => [keys.join(','), keys.map((key) => `-${key}`).join(',')])
  return {
    name: 'sort',
    in: 'query',
    description:
      'The order: by these fields, then by `id`. A `-` turns it round; rows without a value come first, then last.',
    required: false,
    schema: { type: 'string', enum: [...new Set(names)], default: '-id' },
    example: names.at(-1),
  }
}

/** How much of a list one page holds, and where it begins. */
export function pageParameters({ shelf }: Making): Reference[] {
  const { maxRows, defaultRows } = pageLimits
  const limit: Parameter = {
    name: 'limit',
    in: 'query',
    description: 'Rows of one page at most.',
    required: false,
    schema: { type: 'integer', format: 'int32', minimum: 1, maximum: maxRows, default: defaultRows },
    example: defaultRows,
  }
  const after: Parameter = {
    name: 'after',
    in: 'query',
    description: 'Where to go on: `next` of the page before, with the same filters and the same order.',
    required: false,
    schema: cursorText,
    example: sampleCursor,
  }
  return [shelf.use('parameters', 'Limit', () => limit), shelf.use('parameters', 'After', () => after)]
}

function countParameter({ shelf }: Making): Reference {
  return shelf.use('parameters', 'Count', () => ({
    name: 'count',
    in: 'query',
    description: `Adds how many rows there are, counted up to ${pageLimits.countRows}.`,
    required: false,
    schema: { type: 'string', enum: ['exact'] },
    example: 'exact',
  }))
}
