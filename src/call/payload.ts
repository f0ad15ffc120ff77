// Values kept as JSON until later: what a job is given, what an event tells. Written and read by the fields they have.
import type { FieldError } from '../base/pure/problem.ts'
import type { Fields } from '../define/field.ts'
import { type CheckBody, compileBody } from '../define/fields/body.ts'
import { collectIssues } from '../define/fields/issues.ts'
import { type NounField, readFields } from '../define/noun.ts'
import type { Values } from './draft.ts'
import { showServerValue, type WireObject } from './show.ts'

export type Read = { readonly value: Values } | { readonly errors: readonly FieldError[] }

interface Plan {
  readonly fields: readonly NounField[]
  readonly check: CheckBody
}

const plans = new WeakMap<Fields, Plan>()

function planOf(fields: Fields): Plan {
  const found = plans.get(fields)
  if (found !== undefined) return found
  const plan = { fields: readFields(fields), check: compileBody(writable(fields)) }
  plans.set(fields, plan)
  return plan
}

// Server code writes it all, also what no client may write or see.
const writable = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const { private: _private, readonly: _readonly, ...options } = field.options
      return [name, { ...field, options }]
    }),
  )

/** Server values as JSON. Fails with TypeError where they are not what the fields take. */
export function writePayload(fields: Fields, values: Values, what: string): string {
  const text = JSON.stringify(wireOf(planOf(fields).fields, values))
  const read = readPayload(fields, text)
  if ('value' in read) return text
  throw new TypeError(`${what}: ${read.errors.map(({ pointer, message }) => `${pointer} ${message}`).join(' ')}`)
}

/** The server values of JSON that was written earlier, perhaps by an older version of the app. */
export function readPayload(fields: Fields, text: string): Read {
  return readWire(fields, JSON.parse(text))
}

/** The server values of wire values. */
export function readWire(fields: Fields, wire: unknown): Read {
  const issues = collectIssues()
  const value = planOf(fields).check(wire, '', issues, 'create')
  return value === undefined ? { errors: issues.found } : { value }
}

function wireOf(fields: readonly NounField[], values: Values): WireObject {
  const wire: WireObject = {}
  for (const field of fields) {
    const value = values[field.name]
    if (value === undefined) continue // its default is filled in when it is read
    const { of } = field.field
    wire[field.name] =
      of !== undefined && Array.isArray(value)
        ? value.map((item: Values) => wireOf(readFields(of), item))
        : showServerValue(field, value)
  }
  return wire
}
