// A reference: the id of a row of another resource, kept true by a foreign key.
import type { Field, Issues, Kind, Options } from '../field.ts'
import type { Id } from '../infer.ts'
import { storedText, textOf } from './characters.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'

interface SharedOptions extends Options {
  /** Name of the list on the other side: `/customers/{id}/orders`. */
  readonly inverse?: string
  readonly default?: string
  readonly example?: string
}

interface HeldOptions extends SharedOptions {
  /** What deleting the target does to rows that refer to it. Default `restrict`: it is refused. */
  readonly onDelete?: 'restrict' | 'cascade'
}

interface ClearedOptions extends SharedOptions {
  /** The reference becomes null, so it must be optional. */
  readonly onDelete: 'clear'
  readonly optional: true
}

export type RefOptions = HeldOptions | ClearedOptions

interface Named<N extends string> {
  readonly type: 'resource'
  readonly name: N
}

// Any version, lower case: one id has one spelling, so that texts compare as ids do.
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * A reference to a resource, or to its name where two modules need each other; an unknown name stops the start. Fails
 * with TypeError when `clear` is asked of a reference that is not optional.
 */
export function ref<const N extends string, const O extends RefOptions = {}>(
  target: Named<N> | N,
  options?: O & Only<O, RefOptions>,
): Field<Id<N>, O, N> {
  const given: RefOptions = options ?? {}
  const { inverse, onDelete = 'restrict' } = given
  const to = typeof target === 'string' ? target : target.name
  if (inverse !== undefined && !/^[a-z][a-zA-Z0-9_]{0,40}$/.test(inverse)) {
    throw new TypeError(`ref "${to}": inverse "${inverse}" is letters, digits and _, at most 41, a small letter first`)
  }
  if (!['restrict', 'cascade', 'clear'].includes(onDelete))
    throw new TypeError(`ref "${to}": onDelete cannot be "${onDelete}"`)
  if (onDelete === 'clear' && given.optional !== true)
    throw new TypeError(`ref "${to}": onDelete 'clear' needs optional`)
  return defineField(refKind, given, ['inverse', 'onDelete'], {
    to,
    onDelete,
    ...(inverse !== undefined && { inverse }),
  })
}

const refKind: Kind<string> = {
  name: 'ref',
  storage: 'uuid',
  folded: false,
  operators: ['eq', 'ne', 'in', 'null'],
  sortable: false,
  checks: [],
  schema: { type: 'string', format: 'uuid', minLength: 36, maxLength: 36 },
  parse: parseRef,
  fromText: (value) => value,
  toStored: storeRef,
  toValue: textOf,
  toWire: undefined,
  sample: (n) => `00000000-0000-7000-8000-${n.toString(16).slice(-12).padStart(12, '0')}`,
}

function parseRef(wire: unknown, pointer: string, issues: Issues): string | undefined {
  if (typeof wire !== 'string') return refuse(issues, pointer, 'wrong_type', 'Must be an id written as text.')
  if (wire.length === 36 && shape.test(wire)) return wire
  return refuse(issues, pointer, 'bad_format', 'Must be an id: a UUID in lower case.')
}

function storeRef(value: unknown): string {
  const id = storedText('ref', value)
  if (!shape.test(id)) throw new TypeError('ref: server code must write an id, a UUID in lower case')
  return id
}
