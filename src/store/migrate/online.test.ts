// On an engine that many processes share: old and new code write side by side, and nobody waits long behind a step.
import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import type { Catalog, Column } from '../catalog.ts'
import { StoreError, type Engine } from '../contract.ts'
import { openPostgres } from '../postgres/index.ts'
import { applyDirectly } from './direct.ts'
import { planMigration } from './plan.ts'
import { runStep } from './run.ts'
import type { Step } from './step.ts'
import { rowId } from './test_catalogs.ts'
import { ask, testEngines } from './test_engines.ts'

const column = (name: string, storage: Column['storage'], more: Partial<Column> = {}): Column => ({
  name,
  storage,
  nullable: false,
  default: undefined,
  ...more,
})
const ordersWith = (...columns: Column[]): Catalog => ({
  tables: [
    {
      name: 'orders',
      columns: [column('id', 'uuid'), ...columns],
      primaryKey: ['id'],
      uniques: [],
      indexes: [],
      foreignKeys: [],
      checks: [],
    },
  ],
})
const before = ordersWith(column('total', 'int'))
const renamed = ordersWith(column('amount', 'int', { was: 'total' }))

for (const { name, skip, open } of testEngines.filter((one) => one.isShared)) {
  describe(`steps on ${name}`, { skip }, async () => {
    const { engine, url = '', empty, close } = await open()
    const other = await openPostgres({ url })
    after(async () => {
      await other.close()
      await close()
    })
    beforeEach(async () => {
      await empty()
      await applyDirectly(engine, before)
    })
    const insert = (n: number, field: string, value: number): Promise<void> =>
      engine.script([`insert into "orders" ("id", "${field}") values ('${rowId(n)}', ${value})`])
    const both = async (): Promise<unknown> =>
      ask(engine, 'select cast("total" as text), cast("amount" as text) from "orders" order by "id"', 2)

    test('a renamed column is written by old and new code at once, and both read every value', async () => {
      await insert(1, 'total', 1)
      await applyDirectly(engine, renamed)

      await insert(2, 'total', 2)
      await insert(3, 'amount', 3)
      await engine.script([
        `update "orders" set "total" = 11 where "id" = '${rowId(1)}'`,
        `update "orders" set "amount" = 33 where "id" = '${rowId(3)}'`,
      ])
      deepEqual(await both(), [
        ['11', '11'],
        ['2', '2'],
        ['33', '33'],
      ])
      await applyDirectly(engine, renamed, { contract: true })
      deepEqual(await ask(engine, 'select cast("amount" as text) from "orders" order by "id"'), [['11'], ['2'], ['33']])
      deepEqual(await ask(engine, `select proname from pg_proc where proname like '%plinth%'`), [])
    })

    test('without its trigger the old code’s rows would be lost to the new one', async () => {
      await applyDirectly(engine, renamed)
      await engine.script(['drop trigger "_plinth_sync_orders_amount" on "orders"'])

      await insert(2, 'total', 2)

      deepEqual(await both(), [['2', null]])
    })

    test('a step gives way to a long reader within a second, others go on, and it tries again', async () => {
      const add = await onlyStep(engine, ordersWith(column('total', 'int'), column('note', 'text', { nullable: true })))

      const stall = await stallBehind(engine, other, () => runStep(engine, add, { wait: async () => {} }))

      ok(stall.longest < 1_300, `a reader waited ${stall.longest} ms behind the step`)
      equal((await engine.introspect()).tables[0]?.columns.length, 3)
    })

    test('without its lock timeout the same step makes everybody wait as long as the reader reads', async () => {
      const forced = ['set lock_timeout = 0', 'alter table "orders" add column "note" text']

      const stall = await stallBehind(engine, other, () => engine.script(forced))

      ok(stall.longest > 1_500, `a reader waited ${stall.longest} ms`)
    })

    test('an index build that was interrupted leaves an invalid index, and is made anew', async () => {
      await insert(1, 'total', 5)
      await insert(2, 'total', 5)
      const index = { name: 'orders_total_key', columns: ['total'] }
      const want: Catalog = { tables: before.tables.map((table) => ({ ...table, uniques: [index] })) }
      await rejects(
        applyDirectly(engine, want),
        (error: unknown) => error instanceof StoreError && error.failure === 'unique',
      )
      equal((await engine.introspect()).tables[0]?.uniques[0]?.invalid, true)

      await engine.script([`update "orders" set "total" = 6 where "id" = '${rowId(2)}'`])
      await applyDirectly(engine, want)

      deepEqual((await engine.introspect()).tables[0]?.uniques, [index])
    })

    test('a check some rows break is not proved, and is proved once they are mended', async () => {
      await insert(1, 'total', -1)
      const check = {
        name: 'orders_total_1a',
        on: { column: 'total', check: { check: 'between', min: 0, max: 9 } },
      } as const
      const want: Catalog = { tables: before.tables.map((table) => ({ ...table, checks: [check] })) }
      await rejects(
        applyDirectly(engine, want),
        (error: unknown) => error instanceof StoreError && error.failure === 'check',
      )

      await rejects(insert(2, 'total', -2))
      await engine.script(['update "orders" set "total" = 1'])
      await applyDirectly(engine, want)
      deepEqual((await planMigration(engine, want)).steps, [])
    })

    test('a backfill goes on after the batch it had reached', async () => {
      const values = Array.from({ length: 2_500 }, (_, n) => `('${rowId(n)}', ${n})`)
      await engine.script([`insert into "orders" ("id", "total") values ${values.join(', ')}`])
      const fill: Step = {
        name: 'fill',
        phase: 'backfill',
        rule: 'backfill-in-batches',
        sql: ['update "orders" set "total" = "total" + 1 where :batch'],
        transaction: true,
        safe: true,
        oldest: '*',
        batch: { table: 'orders', key: ['id'] },
      }
      const positions: string[] = []
      const crash = async (_: unknown, position: string): Promise<void> => {
        if (positions.push(position) === 2) throw new Error('crash')
      }
      await rejects(runStep(engine, fill, { saved: crash }), /crash/)

      await runStep(engine, fill, { resume: positions[0] ?? '' })

      const wrong =
        'select cast(count(*) as text) from ' +
        '(select "total" - row_number() over (order by "id") as d from "orders") as x where d <> 0'
      deepEqual(await ask(engine, wrong), [['0']])
    })
  })
}

async function onlyStep(engine: Engine, want: Catalog): Promise<Step> {
  const [step, ...more] = (await planMigration(engine, want)).steps
  ok(step !== undefined && more.length === 0)
  return step
}

/** Reads once a moment while a long reader holds the table and a step wants it; answers the longest wait in ms. */
async function stallBehind(engine: Engine, other: Engine, work: () => Promise<void>): Promise<{ longest: number }> {
  const slow = other.snapshot(async (session) => {
    await session.all({ text: 'select "id" from "orders" limit 1', reads: ['uuid'] }, [])
    await session.all({ text: 'select 1::bigint from pg_sleep(1.8)', reads: ['int'] }, [])
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  const step = { isDone: false }
  const working = work().finally(() => {
    step.isDone = true
  })
  let longest = 0
  while (!step.isDone) {
    const start = performance.now()
    await other.query({ text: 'select count(*) from "orders"', reads: ['int'] }, [])
    longest = Math.max(longest, performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await Promise.all([working, slow])
  return { longest }
}
