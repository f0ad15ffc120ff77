// An e-mail address as RFC 5321 lets it travel: dot-atom, one @, a domain of labels. Comparison ignores case.
import type { Field, Issues, Kind, Options } from '../field.ts'
import { checkText, storedText, textOf, textOperators } from './characters.ts'
import { refuse } from './issues.ts'
import { defineField, type Only } from './options.ts'

export interface EmailOptions extends Options {
  readonly default?: string
  readonly example?: string
}

// RFC 5321 §4.5.3.1: 64 octets before the @; a path of 256 with its angle brackets leaves 254.
const length = Object.freeze({ min: 3, max: 254 })
const localMax = 64
// RFC 5322 §3.2.3 dot-atom. Quoted local parts are legal and, in the wild, only used to smuggle.
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/

/** An e-mail address, kept as sent and compared without case; other domains than ASCII are written as `xn--…`. */
export function email<const O extends EmailOptions = {}>(options?: O & Only<O, EmailOptions>): Field<string, O> {
  return defineField(emailKind, options, [])
}

const emailKind: Kind<string> = {
  name: 'email',
  storage: 'text',
  folded: true,
  operators: textOperators,
  sortable: true,
  checks: [{ check: 'length', ...length }],
  schema: { type: 'string', format: 'email', minLength: length.min, maxLength: length.max },
  parse: parseEmail,
  fromText: (value) => value,
  toStored: (value) => storedText('email', value),
  toValue: textOf,
  toWire: undefined,
  sample: (n) => `person${n}@example.com`,
}

function parseEmail(wire: unknown, pointer: string, issues: Issues): string | undefined {
  const value = checkText(wire, length, pointer, issues)
  if (value === undefined || isAddress(value)) return value
  return refuse(issues, pointer, 'bad_format', 'Must be an e-mail address such as name@example.com.')
}

/** Whether a text is one address in this form, and so holds nothing that a mail server reads as more. */
export function isAddress(value: string): boolean {
  const at = value.lastIndexOf('@')
  if (at < 1 || at > localMax || !localPart.test(value.slice(0, at))) return false
  const labels = value.slice(at + 1).split('.')
  // A last label of digits is an IPv4 address, not a domain (RFC 3696 §2).
  return labels.length > 1 && labels.every((one) => label.test(one)) && !/^\d+$/.test(labels.at(-1) ?? '')
}
