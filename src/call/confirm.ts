// The step that asks the rule again, of the row as it will be written: nobody moves a row out of their own reach.
import type { Problem } from '../base/pure/problem.ts'
import type { StoredRow } from '../store/layout.ts'
import { evaluate, isLocal } from '../store/evaluate.ts'
import type { Call } from './call.ts'
import { Denied } from './denied.ts'

/**
 * Fails with forbidden where no rule of the operation holds for the row as it will be written (a policy's WITH CHECK).
 * It comes before the write, so that who may not write the row does not learn which values are taken.
 */
export async function confirm(call: Call): Promise<void> {
  const { access, rows, caller, session, draft } = call
  if (access.rows === undefined || session === undefined || draft === undefined) return
  const { row } = draft
  if (access.rows.some((rule) => isLocal(rule) && evaluate(rule, rows.layout, row, caller) === true)) return
  const others = access.rows.filter((rule) => !isLocal(rule))
  if (others.length > 0) {
    const made = rows.judge(others)
    if ((await session.all(made.statement, made.values({ row, caller }))).length > 0) return
  }
  throw mayNotLeave(row)
}

/** What a row is refused with that its writer would have no right to write. */
export const mayNotLeave = (row?: StoredRow): Problem =>
  new Denied('forbidden', 'You may not leave the row in this state.', { stage: 'left', row })
