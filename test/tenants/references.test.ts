// The database itself refuses a reference to another tenant's row, whoever writes it.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { modelOf } from '../../src/server/features.ts'
import type { Catalog, ForeignKey } from '../../src/store/catalog.ts'
import { StoreError } from '../../src/store/contract.ts'
import { applyDirectly, planMigration } from '../../src/store/migrate/index.ts'
import { testEngines } from '../../src/store/migrate/test_engines.ts'
import { tablesOf } from '../../src/store/tables.ts'
import workshop from './workshop.ts'

const tables = tablesOf(modelOf(workshop))
const idOf = (n: number): string => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const [here, there] = [idOf(1), idOf(2)]
const then = "'2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'"

const organization = (id: string): string =>
  `insert into plinth_organizations (id, name, created_at, updated_at) values ('${id}', 'One', ${then})`
const board = (id: number, tenant: string, earlier: number | null = null): string =>
  `insert into boards (id, organization, title, title_key, before, created_at, updated_at) values
     ('${idOf(id)}', '${tenant}', 'T${id}', 't${id}', ${earlier === null ? 'null' : `'${idOf(earlier)}'`}, ${then})`
const note = (id: number, tenant: string, of: number): string =>
  `insert into notes (id, organization, board, text, created_at, updated_at)
     values ('${idOf(id)}', '${tenant}', '${idOf(of)}', 'x', ${then})`
const plan = (id: number, tenant: string): string =>
  `insert into plans (id, "of", name, created_at, updated_at) values ('${idOf(id)}', '${tenant}', 'P${id}', ${then})`
const step = (id: number, parent: number, tenant: string, of: number): string =>
  `insert into plans__steps (id, parent, position, "of", board, what)
     values ('${idOf(id)}', '${idOf(parent)}', ${id}, '${tenant}', '${idOf(of)}', 'x')`
const word = (tenant: string, row: number): string =>
  `insert into boards__words (organization, word, row) values ('${tenant}', 'plan', '${idOf(row)}')`

const rows = [...[here, there].map(organization), board(11, here), board(12, there), plan(21, here), plan(22, there)]

/** Rows that name one of another tenant, and the same of the own. */
const foreign: Readonly<Record<string, readonly [string, string]>> = {
  'a field': [note(31, here, 12), note(31, here, 11)],
  'a field that is cleared': [board(13, here, 12), board(13, here, 11)],
  'a field of items': [step(41, 21, here, 12), step(41, 21, here, 11)],
  'items of a row of another': [step(42, 22, here, 11), step(42, 22, there, 12)],
  'words of a row of another': [word(here, 12), word(here, 11)],
}

/** The same tables, whose references are to the row alone. */
function withoutTenant(catalog: Catalog): Catalog {
  return { tables: catalog.tables.map((table) => ({ ...table, foreignKeys: table.foreignKeys.map(alone) })) }
}

function alone(key: ForeignKey): ForeignKey {
  return { ...key, columns: key.columns.slice(-1), targetColumns: key.targetColumns.slice(-1) }
}

function isRefusal(error: unknown): boolean {
  return error instanceof StoreError && error.failure === 'foreign_key'
}

for (const { name, skip, open } of testEngines) {
  describe(`references on ${name}`, { skip }, async () => {
    const { engine, empty, close } = await open()
    after(close)
    const prepare = async (catalog: Catalog): Promise<void> => {
      await empty()
      await applyDirectly(engine, catalog)
      await engine.script(rows)
    }

    test('those of one tenant to another are refused', async () => {
      await prepare(tables)

      for (const [what, [wrong, right]] of Object.entries(foreign)) {
        await assert.rejects(engine.script([wrong]), isRefusal, what)
        await engine.script([right])
      }
    })

    test('what is cleared loses the reference alone, and the tables are those that are wanted', async () => {
      await prepare(tables)

      await engine.script([board(13, here, 11), `delete from boards where id = '${idOf(11)}'`])

      const text = 'select organization, before from boards order by id'
      const left = await engine.query({ text, reads: ['uuid', 'uuid'] }, [])
      assert.deepEqual(left, [
        [there, null],
        [here, null],
      ])
      assert.deepEqual((await planMigration(engine, tables)).steps, [])
    })

    test('control: references without the tenant let all of that pass', async () => {
      await prepare(withoutTenant(tables))

      for (const [what, [wrong]] of Object.entries(foreign)) await assert.doesNotReject(engine.script([wrong]), what)
    })
  })
}
