// Brings a database to the wanted tables without files: for tests, development and the first start.
import type { Catalog } from '../catalog.ts'
import type { Engine } from '../contract.ts'
import { createStatements } from './create.ts'
import { isOwnTable } from './diff.ts'
import { quoted } from './literal.ts'
import { planChanges } from './plan.ts'
import { rowSecurityRule } from './row_security.ts'
import { runStep } from './run.ts'
import type { Plan, PlanOptions, Refusal, Step } from './step.ts'

export interface DirectOptions extends Omit<PlanOptions, 'empty'> {
  /** Also take away what the model no longer has; its rows and values are lost. */
  readonly contract?: boolean
}

/** Changes the tables by safe steps. Fails with MigrationRefused when the model asks for something no step does. */
export async function applyDirectly(engine: Engine, want: Catalog, options: DirectOptions = {}): Promise<Plan> {
  return await engine.migrationLock(async () => {
    if (want.functions !== undefined) await engine.security?.prepare()
    const have = await engine.introspect(want)
    if (have.tables.every((table) => isOwnTable(table.name))) return await createAll(engine, want, have)
    const plan = await planFor(engine, want, have, options)
    if (plan.refused.length > 0) throw new MigrationRefused(plan.refused)
    const steps = stepsNow(plan, options)
    for (const step of steps) await runStep(engine, step)
    return { ...plan, steps }
  })
}

/** Is there nothing to do, and nothing refused? Then no lock is needed to find that out. */
export function isUpToDate(engine: Engine, want: Catalog, have: Catalog): boolean {
  const plan = planChanges(want, have, engine)
  return plan.refused.length === 0 && stepsNow(plan, {}).length === 0
}

// Of what a contract takes away, policies alone lose nothing: left, they would open what the model closed.
const stepsNow = ({ steps }: Plan, { contract }: DirectOptions): readonly Step[] =>
  steps.filter(({ phase, rule }) => contract === true || phase !== 'contract' || rule === rowSecurityRule)

// Which tables are empty is asked only where it could allow what is refused otherwise.
async function planFor(engine: Engine, want: Catalog, have: Catalog, options: DirectOptions): Promise<Plan> {
  const plan = planChanges(want, have, engine, options)
  if (plan.refused.length === 0) return plan
  return planChanges(want, have, engine, { ...options, empty: await emptyTables(engine, have) })
}

async function createAll(engine: Engine, want: Catalog, have: Catalog): Promise<Plan> {
  const there = new Set(have.tables.map((table) => table.name))
  const missing = { ...want, tables: want.tables.filter((table) => !there.has(table.name)) }
  const sql = createStatements(missing, engine.dialect, engine.facts)
  if (sql.length === 0) return { engine: engine.facts.name, steps: [], refused: [] }
  const step = {
    name: 'create all tables',
    phase: 'expand',
    rule: 'add-table',
    sql,
    transaction: true,
    safe: true,
    oldest: '*',
  } as const
  await runStep(engine, step)
  return { engine: engine.facts.name, steps: [step], refused: [] }
}

async function emptyTables(engine: Engine, have: Catalog): Promise<ReadonlySet<string>> {
  const empty = new Set<string>()
  for (const { name } of have.tables) {
    const rows = await engine.query({ text: `select 1 from ${quoted(name)} limit 1`, reads: ['int'] }, [])
    if (rows.length === 0) empty.add(name)
  }
  return empty
}

/** The model asks for a change that is not made; the message says each reason and what to declare instead. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
  readonly refused: readonly Refusal[]

  constructor(refused: readonly Refusal[]) {
    super(refused.map(({ rule, subject, reason, instead }) => `${subject} (${rule}): ${reason} ${instead}`).join('\n'))
    this.refused = refused
  }
}
