// Any tables become any other tables, on both engines, and the rows are kept.
import { deepEqual, equal } from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import type { Catalog } from '../catalog.ts'
import type { Engine } from '../contract.ts'
import { applyDirectly } from './direct.ts'
import { readFile, writeFile } from './file_format.ts'
import { lint } from './lint.ts'
import { planMigration } from './plan.ts'
import type { Step } from './step.ts'
import { catalogs, comparable, fillFor, insertRows, withRename } from './test_catalogs.ts'
import { ask, testEngines } from './test_engines.ts'

for (const { name, skip, runs, open } of testEngines) {
  describe(`plans on ${name}`, { skip }, async () => {
    const { engine, empty, close } = await open()
    after(close)

    test('a fresh database gets exactly the tables that are wanted', async () => {
      await fc.assert(
        fc.asyncProperty(catalogs, async (want) => {
          try {
            await applyDirectly(engine, want)
            deepEqual(comparable(await engine.introspect()), comparable(want))
            deepEqual((await planMigration(engine, want)).steps, [])
          } finally {
            await empty()
          }
        }),
        { numRuns: runs / 4, endOnFailure: true },
      )
    })

    test('any tables become any other tables, and their rows are kept', async () => {
      await fc.assert(
        fc.asyncProperty(catalogs, catalogs, async (before, other) => {
          const want = withRename(other, before)
          try {
            await applyDirectly(engine, before)
            await engine.script(insertRows(before, 4))
            const rows = await keptRows(engine, want, before, (column) => column.was ?? column.name)

            const fill = fillFor(want)
            const { steps } = await planMigration(engine, want, { fill })
            expectReadable(engine, steps)
            await applyDirectly(engine, want, { fill })
            equal(
              (await planMigration(engine, want, { fill })).steps.filter((step) => step.phase !== 'contract').length,
              0,
            )
            deepEqual(await keptRows(engine, want, before, (column) => column.name), rows, 'rows after expanding')
            await applyDirectly(engine, want, { fill, contract: true })

            deepEqual(comparable(await engine.introspect()), comparable(want))
            deepEqual((await planMigration(engine, want, { fill })).steps, [])
            deepEqual(await keptRows(engine, want, before, (column) => column.name), rows, 'rows after contracting')
          } finally {
            await empty()
          }
        }),
        { numRuns: runs, endOnFailure: true },
      )
    })
  })
}

/** What a plan writes into a file is what is read from it, and no rule refuses it. */
function expectReadable({ facts }: Engine, steps: readonly Step[]): void {
  const file = readFile(`0001_x.${facts.name}.sql`, writeFile(facts.name, steps))
  deepEqual(
    file.steps.map(({ sql, name, batch, rebuild }) => ({ sql, name, batch, rebuild })),
    steps.map(({ sql, name, batch, rebuild }) => ({ sql, name, batch, rebuild })),
  )
  equal(file.checksum, file.stated)
  const isContract = (step: Step): boolean => step.phase === 'contract'
  const parts = [steps.filter((step) => !isContract(step)), steps.filter(isContract)]
  deepEqual(
    parts.flatMap((part) => lint({ steps: part }, facts)),
    [],
  )
}

type Named = { readonly name: string; readonly was?: string }

/** Values of the columns both catalogs have; nulls aside, which a required column fills. */
async function keptRows(
  engine: Engine,
  want: Catalog,
  before: Catalog,
  nameOf: (column: Named) => string,
): Promise<unknown> {
  const kept: Record<string, unknown> = {}
  for (const table of want.tables) {
    const old = before.tables.find((one) => one.name === table.name)
    if (old === undefined) continue
    const both = table.columns.filter((column) => old.columns.some(({ name }) => name === (column.was ?? column.name)))
    for (const column of both) {
      const sql = `select cast("id" as text), cast("${nameOf(column)}" as text) from "${table.name}" order by "id"`
      const rows = await ask(engine, sql, 2)
      const wasNullable = old.columns.some(({ name, nullable }) => name === (column.was ?? column.name) && nullable)
      kept[`${table.name}.${column.name}`] = wasNullable ? rows.filter((_, n) => n % 2 === 0) : rows
    }
  }
  return kept
}
