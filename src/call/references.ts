// References that a client sends must name rows it may read: a missing row and a hidden one are refused alike.
import { type FieldError, Problem } from '../base/pure/problem.ts'
import type { Fields } from '../define/field.ts'
import { isStandard } from '../define/input.ts'
import { padded } from '../store/row_store.ts'
import type { Call } from './call.ts'
import type { Caller } from './caller.ts'
import type { CallSession } from './call_session.ts'
import { type House, storeOf } from './house.ts'
import { reachOf, seenBy } from './permit.ts'

type Values = Readonly<Record<string, unknown>>

interface Mention {
  readonly target: string
  readonly id: string
  readonly pointer: string
}

/** The step for an action's input. */
export async function checkInputReferences(call: Call): Promise<void> {
  const input = call.operation.action?.spec.input
  if (input === undefined || isStandard(input) || call.session === undefined) return
  await checkReferences(call, call.session, input, call.input as Values) // `check` made it from these fields
}

/** Fails with invalid, naming every reference that leads nowhere this caller may go. */
export async function checkReferences(
  { house, caller }: Call,
  session: CallSession,
  fields: Fields,
  values: Values,
): Promise<void> {
  const mentions = mentionsOf(fields, values, '')
  if (mentions.length === 0) return
  const errors: FieldError[] = []
  for (const target of new Set(mentions.map((one) => one.target))) {
    const own = mentions.filter((one) => one.target === target)
    const ids = own.map((one) => one.id)
    const there = await visible(house, session, { target, caller, ids })
    for (const { id, pointer } of own) {
      if (!there.has(id)) errors.push({ pointer, code: 'bad_reference', message: `There is no such row in ${target}.` })
    }
  }
  if (errors.length > 0) throw new Problem('invalid', 'It refers to rows that are not there.', { errors })
}

function mentionsOf(fields: Fields, values: Values, base: string): Mention[] {
  return Object.entries(fields).flatMap(([name, { to, of, options }]) => {
    const value = values[name]
    const pointer = `${base}/${name}`
    if (of !== undefined && Array.isArray(value)) {
      return value.flatMap((item: Values, at) => mentionsOf(of, item, `${pointer}/${at}`))
    }
    return to !== undefined && typeof value === 'string' && !options.readonly
      ? [{ target: to, id: value, pointer }]
      : []
  })
}

interface Wanted {
  readonly target: string
  readonly caller: Caller
  readonly ids: readonly string[]
}

async function visible(
  house: House,
  session: CallSession,
  { target, caller, ids }: Wanted,
): Promise<ReadonlySet<string>> {
  const rows = storeOf(house, target)
  // A resource that declares no read is reached through others only; its rows may be named.
  const isOpen = rows.noun.resource.spec.allow.read === undefined
  const reach = isOpen ? { rows: undefined } : reachOf(rows.noun.allow.read, caller)
  if (reach === undefined) return new Set()
  const asked = [...new Set(ids)]
  const made = rows.readById({ seen: seenBy(rows.noun, reach.rows), count: padded(asked.length) })
  const asking = isOpen ? session.house : session
  const found = await asking.all(made.statement, made.values({ ids: asked, caller }))
  return new Set(found.map((row) => String(row[0])))
}
