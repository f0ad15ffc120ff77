// The step that makes the answer: private fields hidden, references expanded level by level, each under its own rule.
import type { Operation } from '../define/operation.ts'
import type { NounField } from '../define/noun.ts'
import type { Session } from '../store/contract.ts'
import { valueAt } from '../store/layout.ts'
import { padded, type RowStore, type Whole } from '../store/row_store.ts'
import { presentResult } from './present_result.ts'
import type { Call, Step } from './call.ts'
import type { ExpandTree } from './expand.ts'
import { storeOf } from './house.ts'
import { reachOf, seenBy } from './permit.ts'
import { isInScope } from './scopes.ts'
import { showRow, type WireObject } from './show.ts'

/** The step for an operation. */
export function presentOf(operation: Operation): Step {
  if (operation.verb === 'list') return presentPage
  if (operation.verb === 'delete') return presentNothing
  return operation.verb === 'act' ? presentResult : presentRow
}

function presentNothing(call: Call): void {
  call.answer = nothing
}

const nothing = Object.freeze({ shape: 'nothing' as const })

async function presentPage(call: Call): Promise<void> {
  const data = await showAll(call, call.rows, call.found)
  call.answer = { shape: 'page', data, next: call.next, count: call.count, exact: call.exact }
}

async function presentRow(call: Call): Promise<void> {
  const { rows, operation, ask } = call
  const whole = call.found[0]
  if (whole === undefined || isBlind(call)) return presentNothing(call)
  const tag = String(valueAt(rows.layout, whole.row, 'version'))
  const plain = call.shown.fields === undefined && call.shown.expand === undefined
  if (operation.verb === 'read' && plain && ask.ifNoneMatch?.some((one) => one === '*' || one === tag)) {
    call.answer = { shape: 'unchanged', tag }
    return
  }
  const [value] = await showAll(call, rows, [whole])
  // What expansions and chosen fields show is more or less than the row, so the row's version does not name it.
  call.answer = {
    shape: 'row',
    of: rows.noun.path,
    value,
    id: String(whole.row[0]),
    tag: plain ? tag : '',
    created: operation.verb === 'create',
  }
}

// Who may change rows and read none of them is not shown one for having changed it.
function isBlind({ operation: { verb, noun }, caller }: Call): boolean {
  if (verb !== 'update' && verb !== 'replace') return false
  return noun.resource.spec.allow.read !== undefined && reachOf(noun.allow.read, caller) === undefined
}

/** Shows rows, and the rows they refer to as far as the call asks for. */
export async function showAll(call: Call, rows: RowStore, wholes: readonly Whole[]): Promise<WireObject[]> {
  const { house, caller, shown } = call
  const data = wholes.map((whole) => showRow(house, rows, whole, caller, shown.fields))
  if (shown.expand !== undefined && call.session !== undefined)
    await expandLevel(call, call.session, rows, data, shown.expand)
  return data
}

async function expandLevel(
  call: Call,
  session: Session,
  rows: RowStore,
  data: readonly WireObject[],
  tree: ExpandTree,
): Promise<void> {
  for (const [name, below] of tree) {
    const items = rows.items.find((one) => one.items.name === name)
    if (items === undefined) {
      await expandField(
        call,
        session,
        rows.noun.fields.find((field) => field.name === name),
        data,
        below,
      )
      continue
    }
    // What is a list here was shown by showItem.
    const inner = data.flatMap((row) => (Array.isArray(row[name]) ? (row[name] as WireObject[]) : []))
    for (const [field, deeper] of below) {
      await expandField(
        call,
        session,
        items.items.fields.find((one) => one.name === field),
        inner,
        deeper,
      )
    }
  }
}

async function expandField(
  call: Call,
  session: Session,
  field: NounField | undefined,
  data: readonly WireObject[],
  below: ExpandTree,
): Promise<void> {
  if (field?.field.to === undefined) return
  const rows = storeOf(call.house, field.field.to)
  const { name } = field
  const ids = [...new Set(data.map((row) => row[name]).filter((id) => typeof id === 'string'))]
  const shown = await readShown(call, session, rows, ids)
  if (below.size > 0) await expandLevel(call, session, rows, [...shown.values()], below)
  for (const row of data) {
    const id = row[name]
    // What the caller may not read looks as a missing row would: its id alone.
    if (typeof id === 'string') row[name] = shown.get(id) ?? { id }
  }
}

async function readShown(
  call: Call,
  session: Session,
  rows: RowStore,
  ids: readonly string[],
): Promise<Map<string, WireObject>> {
  const { house, caller } = call
  const reach = reachOf(rows.noun.allow.read, caller)
  const shown = new Map<string, WireObject>()
  if (reach === undefined || ids.length === 0 || !isInScope(caller, rows.noun, 'read')) return shown
  for (let at = 0; at < ids.length; at += 500) {
    const some = ids.slice(at, at + 500)
    const made = rows.readById({ seen: seenBy(rows.noun, reach.rows), count: padded(some.length) })
    const wholes = await rows.wholes(session, await session.all(made.statement, made.values({ ids: some, caller })))
    for (const whole of wholes) shown.set(String(whole.row[0]), showRow(house, rows, whole, caller))
  }
  return shown
}
