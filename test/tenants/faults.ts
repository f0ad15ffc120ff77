// Faults that must be seen: statements that forget the tenant, and tables that do.
import type { Engine, Session } from '../../src/store/contract.ts'
import { withFault } from '../faults/engine_fault.ts'

/** Every statement in a caller's name forgets to ask whose the rows are. */
export function forgetful(engine: Engine): Engine {
  const all =
    (session: Session): Session['all'] =>
    (statement, values, as) =>
      session.all(as === undefined ? statement : { ...statement, text: forget(statement.text) }, values, as)
  const reading = { all: engine.query.bind(engine) }
  return {
    ...withFault(engine, (tx) => ({ all: all(tx) })),
    query: all(reading),
    snapshot: (work) => engine.snapshot((session) => work({ ...session, all: all(session) })),
  }
}

// The slot stays, so that the values keep their places.
const forget = (text: string): string =>
  text.replaceAll(/\b[tw]\."(?:organization|of)" = ([?$]\d+(?:::uuid)?)/g, '($1 is null or true)')

/** A key that holds over all tenants. */
export const sharedKey = async (engine: Engine): Promise<void> =>
  engine.script(['create unique index shared on boards (title_key)'])
