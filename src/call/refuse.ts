// A definite no is written down before it is told: in a transaction of its own, because the refused work is undone.
import { Problem } from '../base/pure/problem.ts'
import { Duplicate } from './duplicate.ts'
import type { House } from './house.ts'
import { outageOf } from './refusal.ts'
import type { OpenWrite } from './work.ts'
import { write } from './write.ts'

/** Is it a no that asking again would not change by itself? An outage is none, and a fault of ours neither. */
export const isDefinite = (error: unknown): error is Problem => error instanceof Problem && error.status < 500

/**
 * Does what is left to do for a refusal. Where it cannot be done the caller is told that instead, with nothing done. A
 * twin of the call may have come meanwhile: then the twin's outcome is this one's.
 */
export async function whenRefused(
  house: House,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
  work: (opened: OpenWrite) => Promise<void>,
): Promise<void> {
  try {
    await write(house, { name: `${name} refused`, isolation: 'locked', signal }, work)
  } catch (error) {
    throw await settled(house, error)
  }
}

/** What is answered for a failure, now that its transaction is over. */
export async function settled(house: House, error: unknown): Promise<unknown> {
  return error instanceof Duplicate ? await error.settle(house) : (outageOf(error) ?? error)
}
