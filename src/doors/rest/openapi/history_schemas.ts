// The history of a row as the contract describes it: a line for each change, with the fields that differ.
import { pageLimits } from '../../../base/limits.ts'
import type { JsonSchema } from '../../../define/field.ts'
import type { Noun } from '../../../define/noun.ts'
import type { Reference, Schema } from './document.ts'
import { rowExample } from './examples.ts'
import { answerSchema } from './field_schemas.ts'
import type { Making } from './making.ts'
import { object, shownOf } from './noun_schemas.ts'
import {
  anyText,
  cursorText,
  idText,
  instantText,
  requestIdText,
  sampleCursor,
  sampleId,
  sampleInstant,
} from './texts.ts'

const described = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description })
const orNothing = (schema: JsonSchema): JsonSchema => ({ ...schema, type: [schema['type'], 'null'] })

/** One page of a row's history. */
export function historySchema(making: Making, noun: Noun): Reference {
  const { history, words } = making.names(noun)
  return making.shelf.use('schemas', history, () => ({
    ...object(
      {
        data: {
          type: 'array',
          maxItems: pageLimits.maxRows,
          items: changeSchema(making, noun),
          description: 'The changes, newest first.',
        },
        next: described(orNothing(cursorText), 'What `after` takes to go on; null ends the history.'),
      },
      ['data', 'next'],
    ),
    description: `One page of the history of ${words}.`,
  }))
}

const line: { readonly [name: string]: JsonSchema } = {
  id: described(idText, 'The change, as the audit names it.'),
  at: described(instantText, 'When the call that made it was answered.'),
  operation: described(anyText(300, 1), 'What was called, such as `orders.pay`, or which job or route did it.'),
  change: { type: 'string', enum: ['created', 'changed', 'deleted'], description: 'What became of the row.' },
  caller: described(orNothing(anyText(100, 1)), 'Who called; null for nobody in particular, and for the app itself.'),
  requestId: described(orNothing(requestIdText), 'The request, as `X-Request-Id` named it; null where none was.'),
}

function changeSchema(making: Making, noun: Noun): Reference {
  const { change, words } = making.names(noun)
  return making.shelf.use('schemas', change, () => ({
    ...object(
      {
        ...line,
        before: halfOf(noun, 'What the fields that differ were; null for a row that was made.'),
        after: halfOf(noun, 'What they became; null for a row that was deleted.'),
      },
      [...Object.keys(line), 'before', 'after'],
    ),
    description: `One change of ${words}: who made it, and those of the fields that differ which the caller may read.`,
  }))
}

function halfOf(noun: Noun, description: string): JsonSchema {
  const kept = shownOf(noun).filter(({ field }) => !field.options.computed)
  const properties: { [name: string]: Schema } = Object.fromEntries(
    kept.map(({ name, field }) => [name, answerSchema(field)]),
  )
  return { ...object(properties, []), type: ['object', 'null'], description }
}

/** A page with one change. */
export function historyExample(noun: Noun): Record<string, unknown> {
  const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, ...fields } = rowExample(noun)
  const computed = new Set(noun.computed.map(({ name }) => name))
  const after = Object.fromEntries(Object.entries(fields).filter(([name]) => !computed.has(name)))
  const said = { operation: `${noun.name}.create`, change: 'created', caller: sampleId, requestId: 'r-1' }
  return { data: [{ id: sampleId, at: sampleInstant, ...said, before: null, after }], next: sampleCursor }
}
