// The step that does it: the query, the write, or the action's own code.
import { Problem } from '../base/pure/problem.ts'
import type { OperationVerb } from '../define/operation.ts'
import type { Call, Step } from './call.ts'
import { meOf } from './caller.ts'
import { takenAlong } from './cascade.ts'
import { valuesOf } from './draft.ts'
import { type Inside, runInside } from './house_action.ts'
import { performList } from './list.ts'
import { refusing, refusingDelete } from './refusal.ts'
import { tagRow } from './row_tag.ts'
import { valueAt } from '../store/layout.ts'

/** What is done here; the history of a row is read by whoever keeps it. */
type Performed = Exclude<OperationVerb, 'history'>

const performers: { readonly [V in Performed]: Step } = {
  list: performList,
  read: (call) => {
    call.found = call.before === undefined ? [] : [call.before]
  },
  create,
  update: change,
  replace: change,
  delete: remove,
  act,
}

/** The step for a verb. */
export const performOf = (verb: Performed): Step => performers[verb]

async function create(call: Call): Promise<void> {
  const { rows, session, draft } = call
  if (session === undefined || draft === undefined) return
  await refusing(rows, [draft], () => rows.insert(session.doing('create'), [draft]))
  call.work?.changes.push({ rows, before: undefined, after: draft })
  call.found = [draft]
}

async function change(call: Call): Promise<void> {
  const { rows, session, draft, before } = call
  if (session === undefined || draft === undefined || before === undefined) return
  const done = await refusing(rows, [draft], () => rows.update(session.doing('update'), before, draft))
  // The row was locked by `load`, so only a row deleted by its own action can be gone here.
  if (!done) throw new Problem('conflict', 'The row changed while it was written; try again.')
  const version = rows.layout.at.get('version') ?? -1
  const row = draft.row.with(version, Number(valueAt(rows.layout, before.row, 'version')) + 1)
  const after = { row, items: draft.items }
  call.work?.changes.push({ rows, before, after })
  call.found = [after]
}

async function remove(call: Call): Promise<void> {
  const { rows, session, ask, house } = call
  const { id = '' } = ask
  if (session === undefined) return
  const along = await takenAlong(house, session.house, rows, id)
  const done = await refusingDelete(() => rows.delete(session.doing('delete'), id))
  if (!done) throw new Problem('conflict', 'The row changed while it was deleted; try again.')
  call.work?.changes.push({ rows, before: call.before, after: undefined }, ...along)
}

async function act(call: Call): Promise<void> {
  const { operation, tx, before, rows, house } = call
  const inside = operation.action?.spec.inside
  if (inside !== undefined) return actInside(call, inside)
  if (tx === undefined || operation.action === undefined) return
  const row = before && tagRow(valuesOf(house.sealing, rows, before), rows, before)
  const { input, prepared, caller } = call
  keep(call, await operation.action.spec.run({ ...(row && { row }), input, prepared, me: meOf(caller), tx }))
}

async function actInside(call: Call, inside: Inside): Promise<void> {
  keep(call, await runInside(inside, call))
}

function keep(call: Call, result: unknown): void {
  // A failure of ours is never remembered for a key: kept work would then be done again by the next try.
  if (result instanceof Problem && result.status >= 500) throw result
  call.result = result
}
