// The step that asks the rule again, of the row as it was written: nobody moves a row out of their own reach.
import { Problem } from '../base/pure/problem.ts'
import { evaluate, isLocal } from '../store/evaluate.ts'
import type { Call } from './call.ts'

/** Fails with forbidden where no rule of the operation holds for the row as written (a policy's WITH CHECK). */
export async function confirm(call: Call): Promise<void> {
  const { access, rows, caller, session, found } = call
  if (access.rows === undefined || session === undefined) return
  const rules = access.rows
  for (const { row } of found) {
    if (rules.some((rule) => isLocal(rule) && evaluate(rule, rows.layout, row, caller) === true)) continue
    const made = rows.readById({ seen: rules, count: 1 })
    const seen = await session.all(made.statement, made.values({ ids: [String(row[0])], caller }))
    if (seen.length === 0) throw new Problem('forbidden', 'You may not leave the row in this state.')
  }
}
