// What must hold of the rows at any moment, whatever happened: asked after a crash, and of every restored backup.
import type { Tx } from './tx.ts'

export interface Invariant {
  readonly type: 'invariant'
  readonly name: string
  readonly check: (call: { readonly tx: Tx }) => Promise<void>
}

/**
 * Declares an invariant: `invariant('stock adds up', async ({ tx }) => …)`. The check throws where it does not hold,
 * and says by how much. What it writes is undone.
 */
export function invariant(name: string, check: Invariant['check']): Invariant {
  if (name === '' || name.length > 120) throw new TypeError(`invariant "${name}": a name is a short sentence`)
  return Object.freeze({ type: 'invariant', name, check })
}
