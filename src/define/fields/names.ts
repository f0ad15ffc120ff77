// A few short names, each once: roles, scopes. A list on the wire, one text in the column, never searched.
import type { Field, Issues, Kind, Options, Stored } from '../field.ts'
import { textOf } from './characters.ts'
import { counted, pointerTo, refuse } from './issues.ts'
import { defineField, type Only, wholeOption } from './options.ts'

export interface NamesOptions extends Options {
  /** The form of one name, as a regular expression that JSON Schema understands too; no spaces. */
  readonly each: string
  /** At least and at most so many; default 0 and 50. */
  readonly least?: number
  readonly most?: number
  readonly default?: readonly string[]
  readonly example?: readonly string[]
}

/** Code units of one name. */
const nameChars = 80

/** Names without an order: they are kept, and shown, sorted. */
export function names<const O extends NamesOptions>(options: O & Only<O, NamesOptions>): Field<readonly string[], O> {
  const least = wholeOption('names: least', options.least, 0, 0, 50)
  const most = wholeOption('names: most', options.most, 50, 1, 50)
  return defineField(namesKind({ each: options.each, least, most }), options, ['each', 'least', 'most'])
}

interface Form {
  readonly each: string
  readonly least: number
  readonly most: number
}

function namesKind(form: Form): Kind<readonly string[]> {
  const { each, least, most } = form
  const pattern = new RegExp(each, 'u')
  return {
    name: 'names',
    storage: 'text',
    folded: false,
    operators: [],
    sortable: false,
    checks: [{ check: 'length', min: 0, max: most * (nameChars + 1) }],
    schema: {
      type: 'array',
      minItems: least,
      maxItems: most,
      items: { type: 'string', pattern: each, maxLength: nameChars },
    },
    parse: (wire, pointer, issues) => readNames(wire, { ...form, pattern }, pointer, issues),
    fromText: (value) => value,
    toStored: (value) => storeNames(value, pattern),
    toValue: listOf,
    toWire: listOf,
    sample: (n) => (least === 0 && n % 3 === 0 ? [] : [`name-${n}`]),
  }
}

function readNames(
  wire: unknown,
  { least, most, pattern }: Form & { readonly pattern: RegExp },
  pointer: string,
  issues: Issues,
): readonly string[] | undefined {
  if (!Array.isArray(wire)) return refuse(issues, pointer, 'wrong_type', 'Must be a list of names.')
  if (wire.length > most) return refuse(issues, pointer, 'too_many', `Must hold at most ${counted(most, 'name')}.`)
  if (wire.length < least) return refuse(issues, pointer, 'too_few', `Must hold at least ${counted(least, 'name')}.`)
  const odd = wire.findIndex((name) => !isName(name, pattern))
  if (odd === -1) return sorted(wire)
  const isText = typeof wire[odd] === 'string'
  return isText
    ? refuse(issues, pointerTo(pointer, odd), 'bad_format', `Must match ${pattern.source}.`)
    : refuse(issues, pointerTo(pointer, odd), 'wrong_type', 'Must be text.')
}

const isName = (name: unknown, pattern: RegExp): name is string =>
  typeof name === 'string' && name !== '' && name.length <= nameChars && !name.includes(' ') && pattern.test(name)

const sorted = (list: readonly string[]): readonly string[] => Object.freeze([...new Set(list)].toSorted())

function storeNames(value: unknown, pattern: RegExp): string {
  if (!Array.isArray(value)) throw new TypeError(`names: server code must write a list, not ${typeof value}`)
  const odd: unknown = value.find((name) => !isName(name, pattern))
  if (odd !== undefined) throw new TypeError(`names: ${JSON.stringify(odd)} does not match ${pattern.source}`)
  return sorted(value).join(' ')
}

const listOf = (stored: Stored): readonly string[] => {
  const text = textOf(stored)
  return Object.freeze(text === '' ? [] : text.split(' '))
}
