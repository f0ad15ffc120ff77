// Whose name the statements of one transaction run in: bound again only where it changes.
import type { Actor } from '../contract.ts'
import { asCaller, asSystem, type Binding, isSameActor } from './bind.ts'
import type { Roles } from './roles.ts'

/** One transaction's; without roles nothing is ever bound. */
export class Speaker {
  readonly #roles: Roles | undefined
  // Undefined where it is not known, as when a savepoint took back what was bound.
  #now: Actor | 'system' | undefined

  constructor(roles: Roles | undefined) {
    this.#roles = roles
  }

  /** What must be bound before a statement for that actor, or for the system; undefined where it is bound already. */
  change(as: Actor | undefined): Binding | undefined {
    const roles = this.#roles
    if (roles === undefined || this.#isNow(as)) return undefined
    this.#now = as ?? 'system'
    return as === undefined ? asSystem(roles) : asCaller(roles, as)
  }

  /** What is bound is not known any more. */
  forget(): void {
    this.#now = undefined
  }

  #isNow(as: Actor | undefined): boolean {
    if (this.#now === undefined) return false
    if (as === undefined || this.#now === 'system') return as === undefined && this.#now === 'system'
    return isSameActor(this.#now, as)
  }
}
