// Joins files and databases that met late: plans against the files alone, takes files as applied where all is there.
import { systemClock } from '../../base/clock.ts'
import type { Catalog } from '../catalog.ts'
import type { Engine } from '../contract.ts'
import { type ApplyOptions, applyMigrations, titleOf } from './apply.ts'
import { readMigrations } from './files.ts'
import { ensureTable, journalTable, noteEnd, noteStart, readJournal } from './journal.ts'
import { planMigration } from './plan.ts'
import { requireSchema } from './start.ts'
import { stateOf } from './status.ts'
import type { Plan, PlanOptions } from './step.ts'

/** The plan from what the files make of an empty database; so that it does not depend on anybody's own database. */
export async function planFromFiles(
  scratch: Engine,
  directory: string,
  want: Catalog,
  options: PlanOptions = {},
): Promise<Plan> {
  await applyMigrations(scratch, directory)
  return await planMigration(scratch, want, options)
}

/**
 * Notes every pending file as applied without running it, for a database that was made before there were files. Fails
 * with SchemaMismatch when something the model needs is not there.
 */
export async function adoptMigrations(
  engine: Engine,
  directory: string,
  want: Catalog,
  { clock = systemClock }: Pick<ApplyOptions, 'clock'> = {},
): Promise<readonly string[]> {
  return await engine.migrationLock(async () => {
    requireSchema(want, await engine.introspect(want), engine.dialect)
    await ensureTable(engine, journalTable)
    const journal = await readJournal(engine)
    const files = await readMigrations(directory, engine.facts.name)
    const pending = files.filter((file) => !journal.some((row) => row.number === file.number))
    for (const file of pending.filter((one) => stateOf(one, []).state === 'pending')) {
      await engine.write({ name: `adopt ${file.name}`, isolation: 'locked' }, async (tx) => {
        for (const at of file.steps.keys()) {
          await noteStart(tx, engine, file, at + 1, clock)
          await noteEnd(tx, engine, file, at + 1, clock)
        }
      })
    }
    return pending.map(titleOf)
  })
}
