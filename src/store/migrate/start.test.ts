// A start needs what its version needs: more is welcome, less or other is refused with the list and the command.
import { deepEqual, doesNotThrow, match, ok, rejects, throws } from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import type { Catalog, Column, Table } from '../catalog.ts'
import { adoptMigrations, planFromFiles } from './adopt.ts'
import { applyMigrations } from './apply.ts'
import { applyDirectly } from './direct.ts'
import { writeMigration } from './files.ts'
import { planMigration } from './plan.ts'
import { prepareSchema, requireSchema, SchemaMismatch } from './start.ts'
import { testEngines } from './test_engines.ts'

const column = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  storage: 'text',
  nullable: false,
  default: undefined,
  ...more,
})

const orders: Table = {
  name: 'orders',
  columns: [column('id', { storage: 'uuid' }), column('status'), column('note', { nullable: true })],
  primaryKey: ['id'],
  uniques: [{ name: 'orders_status_key', columns: ['status', 'id'] }],
  indexes: [{ name: 'orders_status_idx', columns: ['status', 'id'] }],
  foreignKeys: [
    { name: 'orders_id_fkey', columns: ['id'], target: 'orders', targetColumns: ['id'], onDelete: 'restrict' },
  ],
  checks: [
    { name: 'orders_status_1a', on: { column: 'status', check: { check: 'in', values: ['open', 'paid'] } } },
    { name: 'orders_note_1b', on: { column: 'note', check: { check: 'length', min: 0, max: 80 } } },
  ],
}

const want: Catalog = { tables: [orders] }
const having = (change: Partial<Table>): Catalog => ({ tables: [{ ...orders, ...change }] })
const extra = (more: Partial<Column>): Catalog => having({ columns: [...orders.columns, column('extra', more)] })
const without = (key: 'columns' | 'uniques' | 'indexes' | 'checks' | 'foreignKeys'): Catalog =>
  having({ [key]: orders[key].slice(0, -1) })
const older = having({ columns: orders.columns.slice(0, -1), checks: orders.checks.slice(0, 1) })
const loose = orders.columns.map((one) => (one.name === 'status' ? { ...one, nullable: true } : one))
const strict = orders.columns.map((one) => (one.name === 'note' ? { ...one, nullable: false } : one))

for (const { name, skip, open } of testEngines) {
  describe(`starting on ${name}`, { skip }, async () => {
    const { engine, empty, close } = await open()
    const { dialect } = engine
    const directory = await mkdtemp(join(tmpdir(), 'plinth-migrations-'))
    after(async () => {
      await close()
      await rm(directory, { recursive: true, force: true })
    })
    beforeEach(async () => {
      await empty()
      await rm(directory, { recursive: true, force: true })
    })

    test('a larger schema starts: a newer version has been here', () => {
      const index = { name: 'orders_more_idx', columns: ['note'] }
      const check = { name: 'orders_status_2f', on: { sql: 'true' } }
      const larger: Catalog[] = [
        want,
        extra({ nullable: true }),
        extra({ default: 'x' }),
        having({ indexes: [...orders.indexes, index], uniques: [...orders.uniques, { ...index, name: 'more' }] }),
        { tables: [orders, { ...orders, name: 'more' }] },
        having({ columns: loose }),
        having({ checks: [check, ...orders.checks.slice(1)] }),
      ]
      for (const have of larger) doesNotThrow(() => requireSchema(want, have, dialect))
    })

    test('a smaller or another schema does not start, and the message lists what is missing', () => {
      const cases: [Catalog, RegExp][] = [
        [{ tables: [] }, /^table orders is missing$/],
        [without('columns'), /^column orders.note is missing$/],
        [without('uniques'), /^unique index orders_status_key is missing$/],
        [without('indexes'), /^index orders_status_idx is missing$/],
        [without('foreignKeys'), /^foreign key orders_id_fkey is missing$/],
        [without('checks'), /^check orders_note_1b is missing$/],
        [having({ checks: [{ name: 'orders_status_2f', on: { sql: 'true' } }] }), /^check orders_note_1b is missing$/],
        [extra({}), /^column orders.extra needs a value this version does not write$/],
        [having({ columns: strict }), /^column orders.note does not allow null$/],
        [having({ columns: [column('id', { storage: 'int' }), ...orders.columns.slice(1)] }), /^column orders.id is /],
        [having({ primaryKey: ['status'] }), /^primary key of orders is \(status\)$/],
        [
          having({ indexes: orders.indexes.map((one) => ({ ...one, invalid: true as const })) }),
          /^index orders_status/,
        ],
      ]
      for (const [have, message] of cases) {
        throws(
          () => requireSchema(want, have, dialect),
          (error: unknown) => {
            ok(error instanceof SchemaMismatch)
            deepEqual(error.missing.length, 1, error.message)
            match(error.missing[0] ?? '', message)
            match(error.message, /Run: plinth migrate apply$/)
            return true
          },
        )
      }
    })

    test('development brings an empty or older schema up at start, others refuse to start', async () => {
      await rejects(prepareSchema(engine, want, { auto: false }), SchemaMismatch)
      await prepareSchema(engine, older, { auto: true })
      await rejects(prepareSchema(engine, want, { auto: false }), SchemaMismatch)

      await prepareSchema(engine, want, { auto: true })
      await prepareSchema(engine, want, { auto: false })
    })

    test('processes that start together on an empty database all start', async () => {
      const together = [1, 2, 3].map(() => prepareSchema(engine, want, { auto: true }))

      await Promise.all(together)
      await rejects(
        engine.migrationLock(() => applyDirectly(engine, want)),
        'control: the lock itself does not wait',
      )
    })

    test('old and new code start on every state between expand and contract', async () => {
      const tables: Catalog = {
        tables: [
          {
            ...orders,
            columns: [column('id', { storage: 'uuid' }), column('state', { was: 'status' })],
            checks: [],
            uniques: [],
            indexes: [],
          },
        ],
      }
      await applyDirectly(engine, want)
      await writeMigration(directory, await planMigration(engine, tables, { version: '2' }), 'next')
      await applyDirectly(engine, tables)
      const between = await engine.introspect()

      requireSchema(tables, between, dialect)
      // One process: code of the version before does not run any more.
      if (engine.facts.manyProcesses) requireSchema(want, between, dialect)
      await applyDirectly(engine, tables, { contract: true })
      requireSchema(tables, await engine.introspect(), dialect)
      throws(() => requireSchema(want, { tables: [{ ...orders, columns: [] }] }, dialect), SchemaMismatch)
    })

    test('a database made before there were files takes them as applied, if it is what they make', async () => {
      await writeMigration(directory, await planMigration(engine, want), 'first')
      await applyDirectly(engine, older)
      await rejects(adoptMigrations(engine, directory, want), SchemaMismatch)
      await applyDirectly(engine, want)

      deepEqual(await adoptMigrations(engine, directory, want), ['0001_first'])
      deepEqual((await applyMigrations(engine, directory)).files, [])
    })

    test('a plan from the files does not look at anybody’s own database', async () => {
      await writeMigration(directory, await planMigration(engine, older), 'first')

      const plan = await planFromFiles(engine, directory, want)
      deepEqual(
        plan.steps.map((step) => step.phase),
        plan.steps.map(() => 'expand'),
      )
      ok(plan.steps.length > 0)
    })
  })
}
