// What must hold in a restored database beyond what its engine checks: who promises something adds a line.
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { systemRandom } from '../base/random.ts'
import type { Keyring } from '../base/seal.ts'
import { brokenInvariants as brokenOfApp } from '../call/invariants.ts'
import type { Model } from '../define/model.ts'
import { auditIn, verify } from '../features/audit/index.ts'
import type { Engine, Session } from '../store/contract.ts'
import { prepareSchema, SchemaMismatch } from '../store/migrate/index.ts'
import { wantedTables } from '../store/policies.ts'
import { openHouse } from './house.ts'

/** A database to look into, and what it takes to judge it. */
export interface Scene {
  readonly engine: Engine
  /** Reads it while the event loop goes on: a server asks this while it serves. */
  readonly session: Session
  readonly model: Model
  readonly keys: Keyring
  /** Is the database to keep the rules itself? */
  readonly rowSecurity: boolean
  readonly log: Log
  /** The time (ms). */
  readonly now: number
}

/** A promise that can be looked up in the rows. */
export interface Invariant {
  readonly name: string
  /** Answers what is wrong; nothing where it holds. */
  readonly check: (scene: Scene) => Promise<readonly string[]>
}

/** Every invariant, in the order in which they are asked; later ones may rely on earlier ones. */
export const invariants: readonly Invariant[] = Object.freeze([
  { name: 'the app can start on it', check: canStart },
  { name: 'the audit is as it was sealed', check: auditIsSealed },
  { name: "the app's own invariants hold", check: appHolds },
])

/** Asks one after the other, until one does not hold. Each problem names its invariant. */
export async function brokenInvariants(scene: Scene): Promise<string[]> {
  for (const { name, check } of invariants) {
    const problems = await check(scene)
    if (problems.length > 0) return problems.map((problem) => `${name}: ${problem}`)
  }
  return []
}

async function canStart({ engine, model, rowSecurity }: Scene): Promise<string[]> {
  try {
    await prepareSchema(engine, wantedTables(model, engine.dialect, { rowSecurity }), { auto: false })
    return []
  } catch (error) {
    if (!(error instanceof SchemaMismatch)) throw error
    return [error.message]
  }
}

// Without the anchor: a backup is older than what was signed since, and is meant to be.
async function auditIsSealed({ session, engine, keys, now }: Scene): Promise<string[]> {
  const { findings } = await verify(auditIn(session, engine.dialect), { keys, trusted: [], anchor: undefined, now })
  return findings.map(({ what, at, why }) => `${what} ${at}: ${why}`)
}

async function appHolds({ engine, model, keys, log }: Scene): Promise<string[]> {
  if (model.invariants.length === 0) return []
  const means = { model, keys, log, clock: systemClock, random: systemRandom, services: {} }
  const { house } = openHouse({ ...means, engine: breathing(engine) })
  return (await brokenOfApp(house)).map(({ name, why }) => `${name}: ${why}`)
}

/** The engine with a turn of the event loop before each statement: a server goes on meanwhile. */
function breathing(engine: Engine): Engine {
  return {
    ...engine,
    write: (options, work) =>
      engine.write(options, (tx) =>
        work({
          all: async (...asked) => {
            await turnOfTheLoop()
            return tx.all(...asked)
          },
          raw: (text, values) => tx.raw(text, values),
          atCommit: (statement, values) => tx.atCommit(statement, values),
          savepoint: (inner) => tx.savepoint(inner),
          tryLock: (name) => tx.tryLock(name),
        }),
      ),
  }
}
