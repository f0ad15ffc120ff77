// What must hold whatever callers send: if it does not, the fault is ours and the answer is 500.

/** A broken promise of our own code. It is logged whole and answered as `internal`, without its message. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** Stops with Broken unless the condition holds; `why` says why it must. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Broken(why)
}
