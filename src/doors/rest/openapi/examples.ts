// Examples made from the fields themselves, so that each is valid by its own schema.
import type { Field, Fields } from '../../../define/field.ts'
import type { Noun } from '../../../define/noun.ts'
import { isGuarded, sentOf, shownOf } from './noun_schemas.ts'
import { sampleCursor, sampleId, sampleInstant } from './texts.ts'

type Some = Field<unknown, {}, string>
type Sample = Record<string, unknown>

const meta = { id: sampleId, createdAt: sampleInstant, updatedAt: sampleInstant }

/** A row as an answer holds it. */
export function rowExample(noun: Noun): Sample {
  const parts = shownOf(noun).filter((one) => !isGuarded(one))
  return { ...meta, ...Object.fromEntries(parts.map(({ name, field }) => [name, sampleOf(field, isShown)])) }
}

/** What is sent to make a row. */
export const freshExample = (noun: Noun): Sample =>
  Object.fromEntries(sentOf(noun).map(({ name, field }) => [name, sampleOf(field, isSent)]))

/** A change to one field, or to none where a client changes none. */
export function patchExample(noun: Noun): Sample {
  const first = sentOf(noun)[0]
  return first === undefined ? {} : { [first.name]: sampleOf(first.field, isSent) }
}

export const pageExample = (noun: Noun): Sample => ({ data: [rowExample(noun)], next: sampleCursor })

/** What an action is sent, or answers with. */
export function fieldsExample(fields: Fields, side: 'request' | 'answer'): Sample {
  const wanted = side === 'request' ? isSent : isShown
  const named = Object.entries(fields).filter(([, field]) => wanted(field))
  return Object.fromEntries(named.map(([name, field]) => [name, sampleOf(field, wanted)]))
}

/** A valid wire value of the field; of the list of items, one that has all of its fields. */
export function sampleOf(field: Some, wanted: (field: Some) => boolean = isShown): unknown {
  const { options, kind, of } = field
  if (of === undefined) return options.example ?? kind.sample(1)
  const inner = Object.entries(of).filter(([, one]) => wanted(one))
  const item = (): Sample => Object.fromEntries(inner.map(([name, one]) => [name, sampleOf(one, wanted)]))
  const least = Number(kind.schema['minItems'] ?? 0)
  return Array.from({ length: Math.max(least, 1) }, item)
}

const isShown = ({ options }: Some): boolean => options.private !== true

const isSent = (field: Some): boolean => {
  const { options } = field
  return isShown(field) && !options.readonly && !options.derived && !options.computed
}
