// The schemas of a noun: a row as writes answer it, as reads show it, as it is sent, a patch, a page.
import { pageLimits } from '../../../base/limits.ts'
import type { JsonSchema } from '../../../define/field.ts'
import { isNeeded } from '../../../define/fields/schema.ts'
import type { Noun, NounField, NounItems } from '../../../define/noun.ts'
import type { Reference, Schema } from './document.ts'
import { answerSchema, patchSchema, requestSchema, viewSchema } from './field_schemas.ts'
import type { Making } from './making.ts'
import { cursorText, idText, instantText } from './texts.ts'

type Part = NounField | NounItems

const described = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description })

const meta: { readonly [name: string]: JsonSchema } = {
  id: { ...described(idText, 'The row, as addresses and references name it.'), readOnly: true },
  createdAt: { ...described(instantText, 'When the row was made.'), readOnly: true },
  updatedAt: { ...described(instantText, 'When the row changed last.'), readOnly: true },
}

/** Fields that an answer can hold, in the order it holds them. */
export const shownOf = (noun: Noun): Part[] =>
  [...noun.fields, ...noun.items, ...noun.computed].filter((one) => one.shown)

/** Fields that a client can send. */
export const sentOf = (noun: Noun): Part[] => [...noun.fields, ...noun.items].filter((one) => one.client)

/** Is the field left out of the answers to some callers? */
export const isGuarded = (part: Part): boolean => 'read' in part && part.read !== undefined

/** A row as every write answers it: whole, references by id. */
export function rowSchema(making: Making, noun: Noun): Reference {
  const { row } = making.names(noun)
  return making.shelf.use('schemas', row, () => {
    const parts = shownOf(noun)
    const always = parts.filter((one) => !isGuarded(one)).map(({ name }) => name)
    return {
      ...object({ ...meta, ...propertiesOf(parts, ({ field }) => answerSchema(field)) }, [
        ...Object.keys(meta),
        ...always,
      ]),
      description: `${descriptionOf(making, noun)} This is how writes answer it.`,
    }
  })
}

/** A row as reads answer it: `fields` leaves fields out, `expand` puts rows in the place of ids. */
export function viewOf(making: Making, noun: Noun): Reference {
  const { view } = making.names(noun)
  return making.shelf.use('schemas', view, () => {
    const properties = propertiesOf(shownOf(noun), ({ field }) => viewSchema(field, (name) => expandedOf(making, name)))
    const chosen = 'This is how reads answer it: whole, or with the `fields` that were asked for; a reference is an id,'
    return {
      ...object({ ...meta, ...properties }, ['id']),
      description: `${descriptionOf(making, noun)} ${chosen} or the row itself where \`expand\` names it.`,
    }
  })
}

// A row the caller may not read is shown as its id alone; of a noun that nobody reads there is never more.
function expandedOf(making: Making, name: string): Reference {
  const noun = making.model.nouns.get(name)
  if (noun?.resource.spec.allow.read !== undefined) return viewOf(making, noun)
  return making.shelf.use('schemas', 'RowReference', () => ({
    ...object({ id: meta['id'] ?? idText }, ['id']),
    description: 'A row of which nothing but the id is shown.',
  }))
}

/** What is sent to make a row, or to replace one. */
export function freshSchema(making: Making, noun: Noun): Reference {
  const { fresh, words } = making.names(noun)
  return making.shelf.use('schemas', fresh, () => {
    const parts = sentOf(noun)
    const needed = parts.filter(({ field }) => isNeeded(field)).map(({ name }) => name)
    return {
      ...object(
        propertiesOf(parts, ({ field }) => requestSchema(field)),
        needed,
      ),
      description: `What is sent to make ${words}, or to replace one.`,
    }
  })
}

/** A merge patch (RFC 7396): what is absent stays, null clears what is optional. */
export function patchOf(making: Making, noun: Noun): Reference {
  const { patch, words } = making.names(noun)
  return making.shelf.use('schemas', patch, () => ({
    ...object(
      propertiesOf(sentOf(noun), ({ field }) => patchSchema(field)),
      [],
    ),
    description: `A change to ${words}, as a merge patch (RFC 7396): what is absent stays, null empties the optional.`,
  }))
}

/** One page of a list. */
export function pageSchema(making: Making, noun: Noun): Reference {
  const { page, plural } = making.names(noun)
  const next = { ...cursorText, type: ['string', 'null'] }
  const count = { type: 'integer', format: 'int32', minimum: 0, maximum: pageLimits.countRows }
  return making.shelf.use('schemas', page, () => ({
    ...object(
      {
        data: {
          type: 'array',
          maxItems: pageLimits.maxRows,
          items: viewOf(making, noun),
          description: 'The rows, in order.',
        },
        next: described(
          next,
          'What `after` takes to go on; null ends the list. A page may hold fewer rows than `limit`.',
        ),
        count: described(count, 'How many rows there are, where `count` asked for it.'),
        countIsExact: { type: 'boolean', const: false, description: 'There where counting ended before the rows did.' },
      },
      ['data', 'next'],
    ),
    description: `One page of ${plural}.`,
  }))
}

function descriptionOf(making: Making, noun: Noun): string {
  const { description } = noun.resource.spec
  return description === undefined ? `One of ${making.names(noun).plural}.` : description.replace(/\.?$/, '.')
}

const propertiesOf = (parts: readonly Part[], schema: (part: Part) => Schema): { [name: string]: Schema } =>
  Object.fromEntries(parts.map((part) => [part.name, schema(part)]))

/** An object that holds these properties and no others. */
export function object(properties: { readonly [name: string]: Schema }, required: readonly string[]): JsonSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false }
}
