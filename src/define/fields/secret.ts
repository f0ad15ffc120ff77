// A secret: sealed before it is stored, opened only where code asks for it, never shown, searched or compared.
import { inspect } from 'node:util'
import type { Field, Kind, Options, Place, Stored } from '../field.ts'
import { checkText, storedText, textOf } from './characters.ts'
import { defineField, type Only, wholeOption } from './options.ts'
import { sampleText } from './text.ts'

/** A secret as code reads it: opened by `reveal` alone; JSON, logs and templates show `[sealed]`. */
export interface Sealed {
  /** The text. Fails when it was sealed for another place or under a key that is gone. */
  reveal(): string
  toJSON(): '[sealed]'
  toString(): '[sealed]'
}

export interface SecretOptions extends Options {
  /** Code points at most; default 4,096. */
  readonly max?: number
  /** Secrets are private whatever is said here. */
  readonly private?: true
  readonly unique?: false
  readonly default?: never
  readonly example?: string
}

/** A sealed text. Fails with TypeError for a default or for unique: equal secrets are sealed differently. */
export function secret<const O extends SecretOptions = {}>(
  options?: O & Only<O, SecretOptions>,
): Field<Sealed, O & { readonly private: true }, never, string> {
  const max = wholeOption('secret: max', options?.max, 4_096, 1, 65_536)
  const given: Options = options ?? {}
  if (given.default !== undefined) throw new TypeError('secret: a default would stand in the schema for all to read')
  if (given.private === false) throw new TypeError('secret: a secret is always private')
  return defineField(secretKind(max), { ...given, private: true }, ['max'])
}

function secretKind(max: number): Kind<string> {
  const length = { min: 1, max }
  return {
    name: 'secret',
    storage: 'text',
    folded: false,
    operators: [],
    sortable: false,
    checks: [],
    schema: { type: 'string', format: 'password', minLength: 1, maxLength: max, writeOnly: true },
    parse: (wire, pointer, issues) => checkText(wire, length, pointer, issues),
    fromText: (value) => value,
    toStored: (value, place) => place.seal('field', textToSeal(value), about(place)),
    toValue: sealed,
    toWire: hidden,
    sample: (n) => sampleText(n, length),
  }
}

// The place is sealed in with the text: a row copied onto another, or a column onto a column, does not open.
const about = ({ table, column, row }: Place): string => `${table}.${column}.${row}`

function textToSeal(value: unknown): string {
  return storedText('secret', isSealed(value) ? value.reveal() : value)
}

const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && 'reveal' in value && typeof value.reveal === 'function'

const hidden = (): '[sealed]' => '[sealed]'

function sealed(stored: Stored, place: Place): Sealed {
  const text = textOf(stored)
  const made = { reveal: () => place.open('field', text, about(place)), toJSON: hidden, toString: hidden }
  return Object.freeze(Object.defineProperty(made, inspect.custom, { value: hidden }))
}
