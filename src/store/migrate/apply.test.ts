// Files are applied whole, once, in order, and a crash between any two statements loses nothing.
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import { ownedClock } from '../../base/clock.ts'
import type { Catalog, Column, Table } from '../catalog.ts'
import type { Engine } from '../contract.ts'
import { applyMigrations, MigrationBlocked } from './apply.ts'
import { applyDirectly } from './direct.ts'
import { sealMigration, writeMigration } from './files.ts'
import { readJournal } from './journal.ts'
import { planMigration } from './plan.ts'
import { beat, goneAfterMs, isOlder, leave, prepareProcesses } from './processes.ts'
import { migrationStatus } from './status.ts'
import { comparable, rowId } from './test_catalogs.ts'
import { ask, testEngines } from './test_engines.ts'

const column = (name: string, storage: Column['storage'], more: Partial<Column> = {}): Column => ({
  name,
  storage,
  nullable: false,
  default: undefined,
  ...more,
})

const table = (name: string, columns: Column[], more: Partial<Table> = {}): Table => ({
  name,
  columns: [column('id', 'uuid'), ...columns],
  primaryKey: ['id'],
  uniques: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
  ...more,
})

const customerRef = { name: 'orders_customer_fkey', columns: ['customer'], target: 'customers', targetColumns: ['id'] }

const before: Catalog = {
  tables: [
    table('customers', [column('name', 'text')]),
    table(
      'orders',
      [
        column('total', 'int'),
        column('note', 'text', { nullable: true }),
        column('customer', 'uuid', { nullable: true }),
      ],
      {
        indexes: [{ name: 'orders_total_idx', columns: ['total', 'id'] }],
      },
    ),
    table('drafts', [column('text', 'text')]),
  ],
}

// Every kind of step at once: rename, tighten, constraint, index, new table, required column with a value, drop.
const wanted: Catalog = {
  tables: [
    table('customers', [column('name', 'text'), column('level', 'int')]),
    table(
      'orders',
      [
        column('amount', 'int', { was: 'total' }),
        column('note', 'text', { default: '-' }),
        column('customer', 'uuid', { nullable: true }),
      ],
      {
        indexes: [{ name: 'orders_amount_idx', columns: ['amount', 'id'] }],
        foreignKeys: [{ ...customerRef, onDelete: 'restrict' }],
        checks: [
          { name: 'orders_amount_1a', on: { column: 'amount', check: { check: 'between', min: 0, max: 9_000 } } },
        ],
      },
    ),
    table('lines', [column('quantity', 'int')]),
  ],
}

const rows = 2_500
const clock = ownedClock('2025-06-01T00:00:00.000Z')
const options = { clock, wait: async () => {} }

for (const { name, skip, runs, open } of testEngines) {
  const isSlow = runs < 50 && 'hundreds of databases; crash after crash covers it'
  describe(`applying files on ${name}`, { skip }, async () => {
    const { engine, empty, close } = await open()
    const directory = await mkdtemp(join(tmpdir(), 'plinth-migrations-'))
    after(async () => {
      await close()
      await rm(directory, { recursive: true })
    })

    const planned = async (): Promise<string[]> => {
      await applyDirectly(engine, before)
      await fillRows(engine)
      return await writeMigration(
        directory,
        await planMigration(engine, wanted, { version: '2.0.0', fill: { 'customers.level': 1 } }),
        'second',
      )
    }

    beforeEach(async () => {
      await empty()
      await rm(directory, { recursive: true, force: true })
    })

    const expectWanted = async (): Promise<void> => {
      deepEqual(comparable(await engine.introspect()), comparable(wanted))
      deepEqual(await ask(engine, 'select cast(count(*) as text) from "orders"'), [[String(rows)]])
      const odd = 'select cast(count(*) as text) from "orders" where "note" = \'-\' and "amount" >= 0'
      deepEqual(await ask(engine, odd), [[String(rows)]])
    }

    test('a plan written to files and applied gives the wanted tables, once', async () => {
      const files = await planned()
      deepEqual(files, [`0001_second.${name}.sql`, `0002_second_contract.${name}.sql`])

      const applied = await applyMigrations(engine, directory, options)
      deepEqual(applied, { files: ['0001_second', '0002_second_contract'], waiting: undefined })
      await expectWanted()
      deepEqual(await applyMigrations(engine, directory, options), { files: [], waiting: undefined })
      deepEqual(
        (await migrationStatus(engine, directory)).map((one) => one.state),
        ['done', 'done'],
      )
    })

    test(
      'a crash before or after any statement is resumed, and ends where no crash would',
      { skip: isSlow },
      async () => {
        let crashes = 0
        for (let at = 0; ; at += 1) {
          await empty()
          await rm(directory, { recursive: true, force: true })
          await planned()
          const crashed = await crashOnce(engine, directory, at)
          if (!crashed) break
          crashes += 1
          await applyMigrations(engine, directory, options)
          await expectWanted()
        }
        ok(crashes > 10, `crashed ${crashes} times`)
      },
    )

    test('crash after crash, each a statement further than the last, is resumed as well', async () => {
      await planned()

      let crashes = 0
      // Each attempt gets past at most the next step or two, so that every statement is the last of some attempt.
      while (await crashOnce(engine, directory, crashes % 9)) crashes += 1

      ok(crashes > 5, `crashed ${crashes} times`)
      await expectWanted()
    })

    test('without the journal a crash would repeat steps that are done', async () => {
      await planned()
      ok(await crashOnce(engine, directory, 8))
      await engine.script(['delete from "_plinth_migrations"'])

      await rejects(applyMigrations(engine, directory, options))
    })

    test('an applied file that was edited is refused by its name, and nothing runs', async () => {
      const [file = ''] = await planned()
      await applyMigrations(engine, directory, options)
      await edit(directory, file, (text) => text.replace('-- rule: ', '-- rule:  '))
      await writeFile(
        join(directory, `0003_more.${name}.sql`),
        handWritten(name, 'create table "more" ("id" bigint not null)'),
      )
      await sealMigration(directory, `0003_more.${name}.sql`)

      await rejects(applyMigrations(engine, directory, options), (error: unknown) => {
        ok(error instanceof MigrationBlocked)
        match(error.message, /^0001_second was changed after it was applied/)
        return true
      })
      ok(!(await engine.introspect()).tables.some((one) => one.name === 'more'))
    })

    test('an applied file that is gone is refused by its name', async () => {
      const [file = ''] = await planned()
      await applyMigrations(engine, directory, options)
      await unlink(join(directory, file))

      await rejects(
        applyMigrations(engine, directory, options),
        /second \(1\) was applied here and is not in the folder/,
      )
      deepEqual(
        (await migrationStatus(engine, directory)).map((one) => one.state),
        ['lost', 'done'],
      )
    })

    test('a pending file whose text is not the one its checksum was made of waits to be sealed', async () => {
      const file = `0001_more.${name}.sql`
      await writeMigration(directory, await planMigration(engine, before), 'first')
      await unlink(join(directory, `0001_first.${name}.sql`))
      await writeFile(join(directory, file), handWritten(name, 'create table "more" ("id" bigint not null)'))

      await rejects(applyMigrations(engine, directory, options), /0001_more does not have the checksum/)
      await sealMigration(directory, file)
      deepEqual((await applyMigrations(engine, directory, options)).files, ['0001_more'])
    })

    test('a statement a rule refuses is refused before anything runs, unless it is assured', async () => {
      const file = `0001_more.${name}.sql`
      await writeMigration(directory, await planMigration(engine, before), 'first')
      await unlink(join(directory, `0001_first.${name}.sql`))
      const drop = handWritten(
        name,
        'create table "more" ("id" bigint not null, "x" bigint);\nalter table "more" drop column "x"',
      )
      await writeFile(join(directory, file), drop)
      await sealMigration(directory, file)

      await rejects(applyMigrations(engine, directory, options), /0001_more, by hand \(drop-column\): /)
      deepEqual(await readJournal(engine), [])
      await writeFile(
        join(directory, file),
        drop.replace('-- step: by hand', '-- step: by hand\n-- assured: the table is new'),
      )
      await sealMigration(directory, file)
      deepEqual((await applyMigrations(engine, directory, options)).files, ['0001_more'])
    })

    test('contract waits while an older process is alive, and goes on when it has ended or fallen silent', async () => {
      await planned()
      await prepareProcesses(engine)
      await beat(engine, { id: 'a', version: '1.9.0' }, clock)
      await beat(engine, { id: 'b', version: '2.0.0' }, clock)

      const applied = await applyMigrations(engine, directory, options)
      deepEqual(applied.files, ['0001_second'])
      deepEqual(applied.waiting, { file: '0002_second_contract', processes: [{ id: 'a', version: '1.9.0' }] })

      clock.advance(goneAfterMs / 2)
      await beat(engine, { id: 'a', version: '1.9.0' }, clock)
      clock.advance(goneAfterMs / 2 + 1)
      ok((await applyMigrations(engine, directory, options)).waiting)
      await leave(engine, 'a')
      deepEqual((await applyMigrations(engine, directory, options)).files, ['0002_second_contract'])
    })

    test('progress names each step and every batch of a backfill', async () => {
      await planned()
      const seen: string[] = []

      await applyMigrations(engine, directory, {
        ...options,
        report: ({ what, step }) => void seen.push(`${what} ${step}`),
      })

      const batches = seen.filter((one) => one.startsWith('batch rename orders.total'))
      equal(batches.length, engine.facts.manyProcesses ? 3 : 0)
      equal(seen.filter((one) => one.startsWith('begins')).length, seen.filter((one) => one.startsWith('done')).length)
    })
  })
}

test('versions are compared by their numbers, and a version without numbers is older than any other', () => {
  ok(isOlder('1.9.0', '1.10.0') && isOlder('1.9', '1.9.1') && isOlder('v1', '2'))
  ok(!isOlder('2.0.0', '2.0') && !isOlder('2.0.1', '2.0.0'))
  ok(isOlder('abc', 'def') && !isOlder('def', 'def'))
})

async function fillRows(engine: Engine): Promise<void> {
  const values = Array.from({ length: rows }, (_, n) => `('${rowId(n)}', ${n}, null)`)
  await engine.script([
    `insert into "customers" ("id", "name") values ('${rowId(1)}', 'Ada')`,
    `insert into "orders" ("id", "total", "note") values ${values.join(', ')}`,
  ])
}

async function edit(directory: string, file: string, change: (text: string) => string): Promise<void> {
  const path = join(directory, file)
  await writeFile(path, change(await readFile(path, 'utf8')))
}

const handWritten = (engine: string, sql: string): string =>
  [
    '-- plinth migration',
    `-- engine: ${engine}`,
    '-- phase: expand',
    '-- checksum: none',
    '',
    '-- step: by hand',
    sql,
  ].join('\n')

/** Applies, and fails at the n-th thing that would change the database: by turns before and after it. */
async function crashOnce(engine: Engine, directory: string, at: number): Promise<boolean> {
  let count = 0
  const crashing = async (work: (undo: boolean) => Promise<void>): Promise<void> => {
    const isNow = count++ === Math.floor(at / 2)
    if (isNow && at % 2 === 0) throw new Error('crash before')
    await work(isNow)
    if (isNow) throw new Error('crash after')
  }
  const faulty: Engine = {
    ...engine,
    script: async (statements) => {
      for (const [n, one] of statements.entries()) {
        // Statements that set the session up belong to the next one.
        if (/^(set|pragma)/.test(one)) continue
        await crashing(() =>
          engine.script([...statements.slice(0, n).filter((other) => /^(set|pragma)/.test(other)), one]),
        )
      }
      if (statements.every((one) => /^(set|pragma)/.test(one))) await engine.script(statements)
    },
    write: async (how, work) => {
      let answer: Awaited<ReturnType<typeof work>> | undefined
      await crashing(async () => {
        answer = await engine.write(how, work)
      })
      return answer as Awaited<ReturnType<typeof work>> // set by the write that just resolved
    },
  }
  try {
    await applyMigrations(faulty, directory, options)
    return false
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('crash')) return true
    throw error
  }
}
