// The step that writes down who did what, in the same commit; or who was refused it, once that is decided.
import { Problem } from '../base/pure/problem.ts'
import type { Call } from './call.ts'
import { wakeRememberers } from './work.ts'

/** Records the call's changes, or its refusal. */
export function record({ house, work, result }: Call): void | Promise<void> {
  if (work === undefined) return
  wakeRememberers(work)
  return house.chain.record(work, result instanceof Problem ? result : undefined)
}
