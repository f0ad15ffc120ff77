// The step that reads the row under the read rule, with the truth of the operation's own: none is 404, false is 403.
import { Problem } from '../base/pure/problem.ts'
import { isSafe } from '../define/operation.ts'
import type { Session } from '../store/contract.ts'
import { valueAt } from '../store/layout.ts'
import type { Whole } from '../store/row_store.ts'
import type { Call } from './call.ts'
import { Denied } from './denied.ts'
import { reachOf, seenBy } from './permit.ts'

/** Loads the call's row, locked where it will be written. Fails with not_found, forbidden, or a failed precondition. */
export async function load(call: Call): Promise<void> {
  const { operation, rows, session } = call
  if (operation.scope !== 'row' || session === undefined) return
  // Whom no rule of reading reaches finds the row by the rule of what is to be done, in the database too.
  const loading = operation.verb === 'read' ? session : session.doing('load')
  const row = await findRow(call, loading)
  const wholes = await rows.wholes(loading, [row])
  call.before = wholes[0]
  checkPreconditions(call, wholes[0]!)
}

async function findRow(call: Call, session: Session): Promise<Whole['row']> {
  const { operation, rows, caller, ask, access } = call
  const id = ask.id ?? ''
  // Who may not read a row must not learn of it by trying to change it. A verb without a read rule stands alone.
  const readable =
    operation.noun.resource.spec.allow.read === undefined ? access : reachOf(operation.noun.allow.read, caller)
  const seen = readable === undefined ? access.rows : readable.rows
  const allowed = operation.verb === 'read' || access.rows === undefined ? undefined : access.rows
  const made = rows.readById({ seen: seenBy(operation.noun, seen), allowed, lock: !isSafe(operation), count: 1 })
  const found = await session.all(made.statement, made.values({ ids: [id], caller }))
  const row = found[0]
  if (row === undefined)
    throw new Denied('not_found', `There is no such row in ${operation.noun.path}.`, { stage: 'seen' })
  if (allowed !== undefined && row[row.length - 1] !== 1) {
    throw new Denied('forbidden', 'You may see this, but not do this with it.', { stage: 'row', row: row.slice(0, -1) })
  }
  return allowed === undefined ? row : row.slice(0, -1)
}

function checkPreconditions(call: Call, whole: Whole): void {
  const { ask, operation, rows } = call
  const tag = String(valueAt(rows.layout, whole.row, 'version'))
  const matches = (tags: readonly string[]): boolean =>
    tags.includes('*') || tags.some((one) => one.split('-')[0] === tag)
  if (isSafe(operation)) return
  if (ask.ifMatch !== undefined && !matches(ask.ifMatch)) {
    throw new Problem('precondition_failed', 'The row has changed since you read it; read it again.')
  }
  if (ask.ifNoneMatch !== undefined && matches(ask.ifNoneMatch)) {
    throw new Problem('precondition_failed', 'The row is there already.')
  }
  if (ask.ifMatch === undefined && operation.noun.resource.spec.requireMatch === true && operation.verb !== 'act') {
    throw new Problem('precondition_required', 'Send If-Match with the ETag of the row you read.')
  }
}
