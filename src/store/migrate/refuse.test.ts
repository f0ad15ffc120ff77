// What no sequence of steps does safely is refused with the reason and with what to declare instead.
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import type { Catalog, Column } from '../catalog.ts'
import { applyDirectly, MigrationRefused } from './direct.ts'
import { writeMigration } from './files.ts'
import { planMigration } from './plan.ts'
import { testEngines } from './test_engines.ts'

const column = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  storage: 'text',
  nullable: true,
  default: undefined,
  ...more,
})
const id = column('id', { storage: 'uuid', nullable: false })
const tableOf = (columns: Column[], primaryKey = ['id']): Catalog => ({
  tables: [
    { name: 'orders', columns: [id, ...columns], primaryKey, uniques: [], indexes: [], foreignKeys: [], checks: [] },
  ],
})

for (const { name, skip, open } of testEngines) {
  describe(`refusing on ${name}`, { skip }, async () => {
    const { engine, empty, close } = await open()
    after(close)
    beforeEach(async () => {
      await empty()
      await applyDirectly(engine, tableOf([column('status')]))
      await engine.script([`insert into "orders" ("id") values ('00000000-0000-7000-8000-000000000001')`])
    })

    const refusedFor = async (want: Catalog): Promise<string[]> =>
      (await planMigration(engine, want)).refused.map(({ rule, subject }) => `${rule} ${subject}`)

    test('a required column without a value for the rows that are there', async () => {
      const want = tableOf([column('status'), column('channel', { nullable: false })])

      deepEqual(await refusedFor(want), ['add-required-column orders.channel'])
      await rejects(applyDirectly(engine, want), (error: unknown) => {
        ok(error instanceof MigrationRefused)
        match(error.message, /orders\.channel .*Declare a default, or make it optional, or give the value/)
        return true
      })
      await rejects(writeMigration('unused', await planMigration(engine, want), 'x'), MigrationRefused)
      const fill = { 'orders.channel': 'web' }
      await applyDirectly(engine, want, { fill, contract: true })
      deepEqual(await engine.query({ text: 'select "channel" from "orders"', reads: ['text'] }, []), [['web']])
      deepEqual((await planMigration(engine, want)).steps, [])
    })

    test('a required column is added to a table without rows, in development', async () => {
      await engine.script(['delete from "orders"'])

      await applyDirectly(engine, tableOf([column('status'), column('channel', { nullable: false })]))

      const { tables } = await engine.introspect()
      equal(tables[0]?.columns.find((one) => one.name === 'channel')?.nullable, false)
    })

    test('a type that rows or running code could not follow', async () => {
      deepEqual(await refusedFor(tableOf([column('status', { storage: 'int' })])), ['change-type orders.status'])
      const renamed = tableOf([column('state', { storage: 'int', was: 'status' })])
      deepEqual(await refusedFor(renamed), ['change-type orders.status'])
    })

    test('another primary key, and a name PostgreSQL would cut', async () => {
      deepEqual(await refusedFor(tableOf([column('status')], ['id', 'status'])), ['change-primary-key orders'])
      const long = 'n'.repeat(64)
      deepEqual(await refusedFor(tableOf([column('status'), column(long)])), [`identifier-length ${long}`])
    })

    test('a rename is never guessed: without its declaration a column goes and another comes', async () => {
      const guessed = await planMigration(engine, tableOf([column('state')]))
      const declared = await planMigration(engine, tableOf([column('state', { was: 'status' })]))

      const words = (steps: typeof guessed.steps): string => steps.map((step) => step.name).join('; ')
      ok(!/rename/.test(words(guessed.steps)) && guessed.steps.some((step) => step.safe !== true))
      ok(/rename orders.status to state/.test(words(declared.steps)))
      ok(declared.steps.every((step) => step.safe === true))
    })
  })
}
