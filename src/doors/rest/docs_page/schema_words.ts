// A schema in words: what a value is, and within which bounds.
import { isReference, type Schema } from '../openapi/document.ts'
import { html, type Markup } from './markup.ts'

/** Where a component's schema stands on the page. */
export const schemaAnchor = (name: string): string => `schema-${name}`

const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1)

/** What a value is: `text (uuid), 36 characters`, `list of Book`, a link to a component. */
export function typeWords(schema: Schema): Markup {
  if (isReference(schema)) return html`<a href="#${schemaAnchor(nameOf(schema.$ref))}">${nameOf(schema.$ref)}</a>`
  for (const [keyword, word] of joints) {
    const several = schemasIn(schema[keyword])
    if (several.length > 0) return html`${several.map((one, at) => [at === 0 ? '' : word, typeWords(one)])}`
  }
  const { const: only } = schema
  if (only !== undefined) return html`<code>${JSON.stringify(only)}</code>`
  if (Array.isArray(schema['enum'])) return choices(schema['enum'])
  const words = typesOf(schema).map((type) => nounOf(type, schema))
  return html`${words.map((word, at) => [at === 0 ? '' : ' or ', word])}${boundsOf(schema)}`
}

const joints = [
  ['oneOf', ' or '],
  ['anyOf', ' or '],
  ['allOf', ' and '],
] as const

const choices = (values: readonly unknown[]): Markup =>
  html`${values.map((value, at) => [at === 0 ? '' : ' · ', html`<code>${choiceText(value)}</code>`])}`

const choiceText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function typesOf({ type }: { readonly [keyword: string]: unknown }): string[] {
  const types: unknown[] = Array.isArray(type) ? type : [type ?? 'any']
  return types.map(String)
}

const nouns: { readonly [type: string]: string } = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
  null: 'null',
  any: 'any JSON value',
}

function nounOf(type: string, schema: { readonly [keyword: string]: unknown }): Markup {
  const { items, format } = schema
  if (type === 'array') return isSchema(items) ? html`list of ${typeWords(items)}` : html`list`
  return html`${nouns[type] ?? type}${type === 'string' && typeof format === 'string' ? ` (${format})` : undefined}`
}

function boundsOf(schema: { readonly [keyword: string]: unknown }): Markup {
  const { pattern } = schema
  const said = [
    between(schema['minLength'], schema['maxLength'], 'characters'),
    between(schema['minimum'], schema['maximum'], ''),
    between(schema['minItems'], schema['maxItems'], 'of them'),
  ].filter((words) => words !== '')
  // Only that NUL is refused says nothing worth reading.
  const form = typeof pattern === 'string' && !pattern.includes('\\x00') ? html`, <code>${pattern}</code>` : undefined
  return html`${said.map((words) => `, ${words}`)}${form}`
}

function between(least: unknown, most: unknown, what: string): string {
  if (typeof least !== 'number' && typeof most !== 'number') return ''
  if (least === most) return `${String(least)} ${what}`.trim()
  if (typeof least !== 'number' || (least === 0 && what !== '')) return `at most ${String(most)} ${what}`.trim()
  return typeof most === 'number' ? `${least} to ${most} ${what}`.trim() : `at least ${least} ${what}`.trim()
}

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const schemasIn = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : [])

/** The properties of an object, or of the objects in a list, as a table; nothing for other values. */
export function propertyTable(schema: Schema): Markup | undefined {
  if (isReference(schema)) return undefined
  const { properties, required, items } = schema
  if (isSchema(items)) return propertyTable(items)
  if (!isSchema(properties) || isReference(properties)) return undefined
  const needed = new Set<unknown>(Array.isArray(required) ? required : [])
  const rows = Object.entries(properties).map(([name, property]) => {
    return isSchema(property) ? propertyRow(name, property, needed.has(name)) : undefined
  })
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">Value</th>
        <th scope="col">Meaning</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
}

function propertyRow(name: string, schema: Schema, needed: boolean): Markup {
  const own = isReference(schema) ? {} : schema
  const inner = isReference(schema) ? undefined : propertyTable(schema)
  const marks = [needed ? 'always' : undefined, own['readOnly'] === true ? 'by the server' : undefined]
  const initial = 'default' in own ? html` Default: <code>${JSON.stringify(own['default'])}</code>.` : undefined
  const said = typeof own['description'] === 'string' ? own['description'] : ''
  return html`<tr>
    <th scope="row"><code>${name}</code>${marks.map((mark) => mark && html` <small>${mark}</small>`)}</th>
    <td>${typeWords(schema)}${inner}</td>
    <td>${said}${initial}</td>
  </tr>`
}
