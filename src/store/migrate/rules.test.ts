// Every rule has a pair of files: the unsafe one is refused and does the harm, the safe one passes and does none.
import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import type { Catalog, Column } from '../catalog.ts'
import type { Engine, Transaction } from '../contract.ts'
import { applyDirectly } from './direct.ts'
import { readFile } from './file_format.ts'
import { lint } from './lint.ts'
import { rules } from './rules.ts'
import { runStep } from './run.ts'
import { statementsOf } from './statements.ts'
import type { Step } from './step.ts'
import { rowId } from './test_catalogs.ts'
import { ask, testEngines } from './test_engines.ts'

const folder = join(import.meta.dirname, 'golden')

/** What the unsafe file does to a real database; rules without one here are about what cannot be seen at once. */
const harm: Readonly<Record<string, 'locks out' | 'breaks old code' | 'is refused' | 'loses rows'>> = {
  'drop-column': 'breaks old code',
  'drop-table': 'breaks old code',
  'rename-table': 'breaks old code',
  'rename-column': 'breaks old code',
  'add-required-column': 'is refused',
  'change-type': 'locks out',
  'set-not-null': 'locks out',
  'volatile-default': 'locks out',
  'stored-generated-column': 'locks out',
  'identity-column': 'locks out',
  'add-foreign-key': 'locks out',
  'add-check': 'locks out',
  'validate-together': 'locks out',
  'add-unique-constraint': 'locks out',
  'exclusion-constraint': 'locks out',
  'index-concurrently': 'locks out',
  'reindex-concurrently': 'locks out',
  'concurrently-in-transaction': 'is refused',
  'backfill-in-batches': 'locks out',
  truncate: 'loses rows',
}

const column = (name: string, storage: Column['storage'], nullable = false): Column => ({
  name,
  storage,
  nullable,
  default: undefined,
})
const rest = { primaryKey: ['id'], uniques: [], foreignKeys: [], checks: [] }
const shop: Catalog = {
  tables: [
    { ...rest, name: 'customers', columns: [column('id', 'uuid'), column('name', 'text')], indexes: [] },
    {
      ...rest,
      name: 'orders',
      columns: [
        column('id', 'uuid'),
        column('customer', 'uuid'),
        column('status', 'text'),
        column('total', 'int'),
        column('note', 'text', true),
      ],
      indexes: [{ name: 'orders_customer_idx', columns: ['customer'] }],
    },
  ],
}
const count = 2_000

const asked = rules.filter((rule) => rule.off === undefined)

test('every rule that is asked has its pair of files, and every pair its rule', () => {
  deepEqual(readdirSync(folder).toSorted(), asked.map((rule) => rule.name).toSorted())
})

test('every rule that is not asked says why', () => {
  deepEqual(
    rules.filter((rule) => rule.off !== undefined).map((rule) => [rule.name, (rule.off ?? '').length > 20]),
    [
      ['json-type', true],
      ['wide-index', true],
    ],
  )
})

for (const { name, skip, open } of testEngines) {
  describe(`rules on ${name}`, { skip }, async () => {
    const { engine, empty, close } = await open()
    after(close)
    beforeEach(async () => {
      await empty()
      await applyDirectly(engine, shop)
      await fillShop(engine)
    })

    for (const rule of asked.filter((one) => engine.facts.manyProcesses || one.where === 'everywhere')) {
      test(`${rule.name}: the unsafe form is refused, and with reason`, async () => {
        const steps = golden(rule.name, 'unsafe', name)
        ok(
          lint({ steps }, engine.facts).some((found) => found.rule === rule.name),
          'the rule finds it',
        )
        const expected = harm[rule.name]
        if (expected === 'is refused') await rejects(runAll(engine, steps))
        else if (expected !== undefined && canRun(rule.name, engine)) {
          const found = await harmsOf(engine, steps)
          ok(found.includes(expected), `${expected}, but saw: ${found.join(', ')}`)
        }
      })

      test(`${rule.name}: the safe form passes every rule and does no harm`, async () => {
        const steps = golden(rule.name, 'safe', name)
        deepEqual(lint({ steps }, engine.facts), [])
        const isContract = steps.some((step) => step.phase === 'contract')
        const found = await harmsOf(engine, steps)
        deepEqual(
          found.filter((one) => !isContract || one === 'locks out'),
          [],
        )
      })
    }
  })
}

// SQLite has no TRUNCATE.
const canRun = (rule: string, { facts }: Engine): boolean => facts.manyProcesses || !['truncate'].includes(rule)

function golden(rule: string, form: 'safe' | 'unsafe', engine: string): readonly Step[] {
  const own = join(folder, rule, `${form}.${engine}.sql`)
  const text = readFileSync(existsSync(own) ? own : join(folder, rule, `${form}.sql`), 'utf8')
  const whole = text.startsWith('-- plinth migration') ? text : `-- plinth migration\n\n${text}`
  return readFile(`0001_golden.${engine}.sql`, whole).steps
}

async function fillShop(engine: Engine): Promise<void> {
  const orders = Array.from({ length: count }, (_, n) => `('${rowId(n)}', '${rowId(n % 5)}', 'open', ${n}, 'n')`)
  const customers = Array.from({ length: 5 }, (_, n) => `('${rowId(n)}', 'c${n}')`)
  await engine.script([
    `insert into "customers" ("id", "name") values ${customers.join(', ')}`,
    `insert into "orders" ("id", "customer", "status", "total", "note") values ${orders.join(', ')}`,
  ])
}

const runAll = async (engine: Engine, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) await runStep(engine, step)
}

/** Runs the steps and says what a version before, and everybody who waits for a lock, would have noticed. */
async function harmsOf(engine: Engine, steps: readonly Step[]): Promise<string[]> {
  const found: string[] = []
  for (const step of steps) {
    if (await locksOut(engine, step)) found.push('locks out')
  }
  const [[left] = []] = await ask(engine, 'select cast(count(*) as text) from "orders"').catch(() => [['none']])
  if (left !== String(count)) found.push('loses rows')
  if (!(await runsOldCode(engine))) found.push('breaks old code')
  return found
}

// A step's lock is held until its commit. What may take long under it is reading or writing many rows: the engine
// counts both for the transaction, so that no stopwatch is needed. (It counts on until a flush: here at each commit.)
async function locksOut(engine: Engine, step: Step): Promise<boolean> {
  if (!engine.facts.manyProcesses || !step.transaction || step.batch !== undefined) {
    await runStep(engine, step)
    return false
  }
  const before = await fileOf(engine)
  let locked = false
  let read = 0
  let written = 0
  await runStep(engine, step, {
    done: async (tx) => {
      ;[locked, read, written] = [await isLocked(tx), await number(tx, readRows), await number(tx, writtenRows)]
      await tx.all({ text: 'select pg_stat_force_next_flush()', reads: ['text'] }, [])
    },
  })
  const isRewritten = before !== (await fileOf(engine))
  return written > 1_000 || (locked && (read > 100 || isRewritten))
}

const blocking = `'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'`
const readRows =
  'select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint from pg_stat_xact_user_tables'
const writtenRows = 'select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint from pg_stat_xact_user_tables'

async function isLocked(tx: Transaction): Promise<boolean> {
  const mine = `pid = pg_backend_pid() and relation in (to_regclass('orders'), to_regclass('customers'))`
  const locks = `select count(*) from pg_locks where ${mine} and mode in (${blocking})`
  return (await number(tx, locks)) > 0
}

async function number(tx: Transaction, text: string): Promise<number> {
  const [row] = await tx.all({ text, reads: ['int'] }, [])
  return Number(row?.[0])
}

async function fileOf(engine: Engine): Promise<unknown> {
  const [row] = await ask(
    engine,
    `select coalesce(max(pg_relation_filenode(oid))::text, '') from pg_class where relname = 'orders'`,
  )
  return row?.[0]
}

/** What the version before does with these tables. */
async function runsOldCode(engine: Engine): Promise<boolean> {
  const orders = 'select "id", "customer", "status", "total", "note" from "orders"'
  try {
    await ask(engine, `${orders} limit 1`, 5)
    await ask(engine, 'select "id", "name" from "customers" limit 1', 2)
    const values = `'${rowId(90_000)}', '${rowId(1)}', 'open', 1, 'x'`
    const insert = `insert into "orders" ("id", "customer", "status", "total", "note") values (${values})`
    await engine.script([insert, `update "orders" set "total" = 5 where "id" = '${rowId(90_000)}'`])
    return true
  } catch {
    return false
  }
}

test('statements are split outside of texts, names and bodies, and shown without them', () => {
  const script = `create table "a;b" (x text default ';'); -- a ; comment
    create function f() as $x$ begin; end $x$ language sql; /* ; */ UPDATE "T" SET Y = 'Drop'`

  deepEqual(
    statementsOf(script).map((one) => one.plain),
    [`create table "a;b" (x text default '')`, `create function f() as '' language sql`, `update "T" set y = ''`],
  )
  equal(statementsOf(' ; ;').length, 0)
})
