// In whose name the statements of a call run: the caller's, for one verb, or the house's.
import type { Actor, RowVerb, Session } from '../store/contract.ts'
import type { Caller } from './caller.ts'

/** What the steps of a call run statements on: in the caller's name, and to read, unless they say otherwise. */
export interface CallSession extends Session {
  /** The same for what the caller is about to do to rows. */
  doing(verb: RowVerb): Session
  /** For what no rule is asked about: what code of the house or of an action reads and writes by itself. */
  readonly house: Session
}

/** Speaks for the caller on a session that is the house's. */
export function speakFor({ id, tenant, roles }: Caller, house: Session): CallSession {
  const doing = (verb: RowVerb): Session => {
    const actor: Actor = { id, tenant, roles, verb }
    return { all: (statement, values) => house.all(statement, values, actor) }
  }
  return { ...doing('read'), doing, house }
}
