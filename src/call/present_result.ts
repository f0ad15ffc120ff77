// What an action returned, as its declared answer: a row, a shape of its own, or nothing.
import { Problem } from '../base/pure/problem.ts'
import type { AnyResource } from '../define/resource.ts'
import type { Action } from '../define/action.ts'
import type { Fields } from '../define/field.ts'
import { readFields, type NounField } from '../define/noun.ts'
import { isCreate } from '../define/operation.ts'
import { valueAt } from '../store/layout.ts'
import type { RowStore, Whole } from '../store/row_store.ts'
import type { Call } from './call.ts'
import { storeOf } from './house.ts'
import { Other, Reply, Third } from './house_action.ts'
import { tagOf } from './row_tag.ts'
import { showRow, showServerValue, type WireObject } from './show.ts'

/** Fills the answer of an action. A returned Problem keeps the work and is answered as the failure it is. */
export async function presentResult(call: Call): Promise<void> {
  const { result, operation } = call
  const { action } = operation
  if (action === undefined) return
  if (result instanceof Problem) return
  const output = action.spec.output ?? action.on
  const { value, ...told } = result instanceof Reply ? result : { value: result }
  const { status, other, third } = action.spec
  const shape = value instanceof Other ? other : value instanceof Third ? third : undefined
  if (shape !== undefined && (value instanceof Other || value instanceof Third)) {
    call.answer = { shape: 'value', value: showFields(shape, value.value), status, ...told }
    return
  }
  if (output === 'nothing') call.answer = { shape: 'nothing', status, ...told }
  else if (isResource(output)) await presentRow(call, action, storeOf(call.house, output.name), value)
  else call.answer = { shape: 'value', value: showFields(output, value), status, ...told }
}

const isResource = (output: AnyResource | Fields): output is AnyResource =>
  'type' in output && output.type === 'resource'

async function presentRow(call: Call, action: Action<AnyResource>, rows: RowStore, result: unknown): Promise<void> {
  const whole = await wholeOf(call, rows, result)
  const value = showRow(call.house, rows, whole, call.caller)
  const tag = String(valueAt(rows.layout, whole.row, 'version'))
  const id = String(whole.row[0])
  call.answer = { shape: 'row', of: rows.noun.path, value, id, tag, created: isCreate(action) }
}

async function wholeOf(call: Call, rows: RowStore, result: unknown): Promise<Whole> {
  if (typeof result !== 'object' || result === null) {
    throw new TypeError(
      `${call.operation.id}: returned ${String(result)} where a row of ${rows.noun.name} was promised`,
    )
  }
  const tag = tagOf(result)
  if (tag?.rows === rows) return tag.whole
  const id = 'id' in result ? String(result.id) : ''
  const made = rows.readById({ seen: undefined, count: 1 })
  const { session: own, caller } = call
  const session = own?.house // what the action's code answers is shown, whoever owns it
  const found = session === undefined ? [] : await session.all(made.statement, made.values({ ids: [id], caller }))
  if (found.length === 0 || session === undefined)
    throw new TypeError(`${call.operation.id}: returned no row of ${rows.noun.name}`)
  return (await rows.wholes(session, found))[0]!
}

const shapes = new WeakMap<Fields, readonly NounField[]>()

function showFields(output: Fields, result: unknown): WireObject {
  const fields = shapes.get(output) ?? readFields(output)
  shapes.set(output, fields)
  const given = result as Record<string, unknown> // typed by the action's own declaration
  return Object.fromEntries(fields.map((field) => [field.name, showOutput(field, given[field.name])]))
}

function showOutput(field: NounField, value: unknown): unknown {
  if (field.field.of === undefined || !Array.isArray(value)) return showServerValue(field, value)
  const { of } = field.field
  return value.map((item) => showFields(of, item))
}
