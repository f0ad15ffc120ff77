// The step that writes down who did what, in the same commit; or who was refused it, once that is decided.
import { Problem } from '../base/pure/problem.ts'
import type { Call } from './call.ts'
import { deniedIn } from './denied.ts'
import { explainDenied } from './explain_denied.ts'
import { wakeRememberers } from './work.ts'

/** Records the call's changes, or its refusal; of one by a rule also why, for whoever looks after the app. */
export function record(call: Call): void | Promise<void> {
  const { house, work, result } = call
  if (work === undefined) return
  wakeRememberers(work)
  if (!(result instanceof Problem)) return house.chain.record(work, undefined)
  const denied = deniedIn(result)
  if (denied === undefined) return house.chain.record(work, result)
  return explainDenied(call, denied).then((why) => house.chain.record(work, result, why))
}
