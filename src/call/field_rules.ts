// The rules of single fields, where a body sets them: who may set which, and what a merge may look at.
import type { FieldError } from '../base/pure/problem.ts'
import type { Allow } from '../define/allow.ts'
import type { Noun } from '../define/noun.ts'
import { evaluate } from '../store/evaluate.ts'
import type { Whole } from '../store/row_store.ts'
import type { Call } from './call.ts'
import { satisfies } from './caller.ts'
import { Denied } from './denied.ts'
import { valuesOf } from './draft.ts'
import { mayRead } from './show.ts'

type Values = Readonly<Record<string, unknown>>

interface Guarded {
  readonly name: string
  readonly write: Allow | undefined
}

/**
 * Fails with forbidden, naming every field of the body that this caller may not set. Of a new row only what the caller
 * alone decides counts: nobody owns it yet.
 */
export function refuseForbidden(call: Call, before: Whole | undefined): void {
  const { operation, ask } = call
  const sent = ask.body
  if (typeof sent !== 'object' || sent === null) return
  const named = guardedFields(operation.noun).filter(({ name }) => Object.hasOwn(sent, name))
  const forbidden = named.filter((field) => !mayWrite(call, field, before))
  if (forbidden.length === 0) return
  const errors = forbidden.map(({ name }): FieldError => ({
    pointer: `/${name}`,
    code: 'forbidden',
    message: 'You may not set this field.',
  }))
  const asked = { stage: 'fields', row: before?.row, fields: forbidden.map(({ name }) => name) } as const
  throw new Denied('forbidden', 'You may not set these fields.', asked, { errors })
}

/** A whole body without what it sets by leaving it out: fields that this caller may not set stay as they are. */
export function withoutForbidden(call: Call, before: Whole): Values {
  const input = call.input as Values // `check` put the body's server values here for this verb
  const forbidden = guardedFields(call.operation.noun).filter((field) => !mayWrite(call, field, before))
  if (forbidden.length === 0) return input
  return Object.fromEntries(Object.entries(input).filter(([key]) => !forbidden.some(({ name }) => name === key)))
}

/** What a merge goes into. A field that the caller may not read is as if it were empty, or the answer would tell. */
export function readableValues({ house, rows, operation, caller }: Call, before: Whole): Values {
  const values = valuesOf(house.sealing, rows, before)
  const { fields, items } = operation.noun
  for (const field of [...fields, ...items]) {
    if (!mayRead(field, rows.layout, before.row, caller)) delete values[field.name]
  }
  return values
}

const guardedFields = ({ fields, items }: Noun): Guarded[] =>
  [...fields, ...items].filter((field) => field.write !== undefined)

function mayWrite({ caller, rows }: Call, { write }: Guarded, before: Whole | undefined): boolean {
  if (write === undefined || write.callers.some((rule) => satisfies(caller, rule))) return true
  if (before === undefined || caller.id === null) return false
  return write.rows.some((expr) => evaluate(expr, rows.layout, before.row, caller) === true)
}
