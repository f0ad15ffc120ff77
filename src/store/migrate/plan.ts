// From the difference to steps: expand to the tables both versions can use, contract to the ones that are wanted.
import type { Catalog } from '../catalog.ts'
import type { Engine } from '../contract.ts'
import { bridgeOf } from './bridge.ts'
import type { Spelling } from './create.ts'
import { type Change, diff, isOwnTable } from './diff.ts'
import { exclusiveSteps, renameSteps } from './exclusive.ts'
import { onlineSteps } from './online.ts'
import { refusals } from './refuse.ts'
import { type Rename, renamed } from './renames.ts'
import type { Scene } from './scene.ts'
import type { Plan, PlanOptions, Step } from './step.ts'

/** The plan that brings the database of an engine to the wanted tables. */
export async function planMigration(engine: Engine, want: Catalog, options: PlanOptions = {}): Promise<Plan> {
  return planChanges(want, await engine.introspect(want), engine, options)
}

/** The plan from one set of tables to another; pure. */
export function planChanges(want: Catalog, have: Catalog, spelling: Spelling, options: PlanOptions = {}): Plan {
  const there = {
    ...have,
    tables: have.tables.filter((table) => !isOwnTable(table.name) || isWanted(want, table.name)),
  }
  const refused = refusals(want, there, spelling, options)
  const engine = spelling.facts.name
  if (refused.length > 0) return { engine, steps: [], refused }
  return { engine, refused, steps: stepsBetween(want, there, spelling, options) }
}

const isWanted = (want: Catalog, name: string): boolean => want.tables.some((table) => table.name === name)

function stepsBetween(want: Catalog, have: Catalog, spelling: Spelling, options: PlanOptions): Step[] {
  const shared = spelling.facts.manyProcesses
  const renames = shared ? [] : renamesIn(diff(want, have, spelling.dialect))
  const start = renamed(have, renames)
  const middle = bridgeOf(want, start, { ...options, shared })
  const rest = { spelling, fill: options.fill ?? {} }
  const expand: Scene = { ...rest, from: start, goal: middle, phase: 'expand', oldest: '*' }
  const contract: Scene = { ...rest, from: middle, goal: want, phase: 'contract', oldest: options.version ?? '*' }
  const steps = shared ? onlineSteps : exclusiveSteps
  return [
    ...renameSteps(renames, expand),
    ...steps(diff(middle, start, spelling.dialect), expand),
    ...steps(diff(want, middle, spelling.dialect), contract),
  ]
}

const renamesIn = (changes: readonly Change[]): Rename[] => changes.filter((change) => change.what === 'rename column')
