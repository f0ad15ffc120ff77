// The step for what must wait (hashing, a foreign answer): before the transaction, so that no one waits for it.
import type { Call } from './call.ts'
import { meOf } from './caller.ts'
import { prepareInside } from './house_action.ts'

/** Runs the action's `prepare` and keeps what it made for `run`. */
export async function prepare(call: Call): Promise<void> {
  const { operation, input, caller, ask } = call
  const { inside } = operation.action?.spec ?? {}
  if (inside !== undefined) {
    call.prepared = await prepareInside(inside, call)
    return
  }
  call.prepared = await operation.action?.spec.prepare?.({ input, me: meOf(caller), signal: ask.signal })
}
