// Rules through migrations: as files that name no database, beside the code of before, and in a copy of a database.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { after, afterEach, test } from 'node:test'
import { postgresForTests, type TestDatabase } from '../../../test/postgres.ts'
import { app } from '../../define/app.ts'
import { ref, text } from '../../define/fields/index.ts'
import { join } from '../../define/model.ts'
import { all, exists } from '../../define/predicate.ts'
import { resource } from '../../define/resource.ts'
import { owner, role, type Rule, signedIn } from '../../define/rule.ts'
import type { Catalog } from '../catalog.ts'
import type { Engine } from '../contract.ts'
import {
  applyDirectly,
  applyMigrations,
  planMigration,
  prepareSchema,
  requireSchema,
  type Step,
  writeMigration,
} from '../migrate/index.ts'
import { runStep } from '../migrate/run.ts'
import { wantedTables } from '../policies.ts'
import { openPostgres } from './index.ts'
import { actor, ann, bob, idOf, idsOf } from './test_secured.ts'

const people = resource('people', { fields: {}, owner: 'id', allow: {} })
const friends = resource('friends', { fields: { one: ref(people), other: ref(people) }, allow: {} })
const papersWith = (rule: Rule): Parameters<typeof join>[0] => {
  const papers = resource('papers', {
    fields: { author: ref(people, { readonly: true }), title: text({ max: 40 }) },
    owner: 'author',
    allow: { list: [rule], read: [rule], create: [signedIn] },
  })
  return app('papers', { people, friends, papers })
}
const friendsPapers = (): Parameters<typeof join>[0] => {
  const papers = resource('papers', {
    fields: { author: ref(people, { readonly: true }), title: text({ max: 40 }) },
    owner: 'author',
    allow: {
      list: [owner],
      read: [({ row, me }) => exists(friends, (pair) => all(pair.one.is(row.author), pair.other.is(me.id)))],
      create: [signedIn],
    },
  })
  return app('papers', { people, friends, papers })
}

const opened: (() => Promise<void>)[] = []
const databases: TestDatabase[] = []
const folders: string[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})
after(async () => {
  for (const database of databases) await database.drop()
  for (const folder of folders) await rm(folder, { recursive: true })
})

const probe = await postgresForTests()
if ('drop' in probe) await probe.drop()
const skip = 'skip' in probe ? probe.skip : false

/** An engine on an empty database: one that an earlier test has left is emptied, which is quicker than another. */
async function fresh(): Promise<{ engine: Engine; url: string }> {
  const database = databases[opened.length] ?? (await postgresForTests())
  if ('skip' in database) throw new Error(database.skip)
  databases[opened.length] = database
  const engine = await openPostgres({ url: database.url })
  opened.push(() => engine.close())
  await engine.script(['drop schema public cascade', 'create schema public'])
  return { engine, url: database.url }
}

const wantedBy = (papers: Parameters<typeof join>[0], { dialect }: Engine, rowSecurity = true): Catalog =>
  wantedTables(join(papers), dialect, { rowSecurity })

const owners = papersWith(owner)
const staffs = papersWith(role('staff'))

const stamp = `'2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'`
const rows = [
  ...[ann, bob].map((id) => `insert into people (id, created_at, updated_at) values ('${id}', ${stamp})`),
  `insert into papers (id, author, title, created_at, updated_at) values ('${idOf(1)}', '${ann}', 'One', ${stamp})`,
  `insert into friends (id, one, other, created_at, updated_at) values ('${idOf(2)}', '${ann}', '${bob}', ${stamp})`,
]
const papersOf = (engine: Engine, id: string, roles: readonly string[] = []): Promise<string[]> =>
  idsOf(engine, 'select id from papers', actor(id, 'read', roles))

test('files name no database, and make the roles of the one they are applied to', { skip }, async () => {
  const [{ engine: first }, { engine: second, url }] = [await fresh(), await fresh()]
  const folder = await mkdtemp(joinPath(tmpdir(), 'plinth-rls-'))
  folders.push(folder)
  const want = wantedBy(friendsPapers(), first)

  const [file = ''] = await writeMigration(folder, await planMigration(first, want), 'start')
  const written = await readFile(joinPath(folder, file), 'utf8')
  const applied = await applyMigrations(second, folder)
  await prepareSchema(second, want, { auto: false })
  await second.script(rows)
  await second.security?.enter()

  assert.equal(applied.files.length, 1)
  assert.match(written, /to :plinth_caller using/)
  assert.doesNotMatch(written, new RegExp(new URL(url).pathname.slice(1)))
  assert.deepEqual(await papersOf(second, ann), ['1'])
  assert.deepEqual(await papersOf(second, bob), ['1'])
  assert.deepEqual(await papersOf(second, idOf(99)), [])
})

test('a changed rule stands beside the old one until the code of before is gone', { skip }, async () => {
  const { engine } = await fresh()
  const [before, then] = [wantedBy(owners, engine), wantedBy(staffs, engine)]
  await applyDirectly(engine, before)
  await engine.script(rows)

  const { steps } = await planMigration(engine, then)
  const phase = (name: Step['phase']): Promise<void[]> =>
    Promise.all(steps.filter((step) => step.phase === name).map((step) => runStep(engine, step)))

  assert.deepEqual(
    steps.map(({ phase: in_, name }) => `${in_} ${name.replace(/_[0-9a-f]{10}$/, '')}`),
    ['expand add policy papers.plinth_select', 'contract drop policy papers.plinth_select'],
  )
  await phase('expand')
  for (const version of [before, then]) requireSchema(version, await engine.introspect(version), engine.dialect)
  await phase('contract')
  requireSchema(then, await engine.introspect(then), engine.dialect)
  const stale = await engine.introspect(before)
  assert.throws(() => requireSchema(before, stale, engine.dialect), /policy plinth_select_\w+ of papers is missing/)
})

test('in development a rule that was narrowed is narrow at once', { skip }, async () => {
  const { engine } = await fresh()
  await applyDirectly(engine, wantedBy(friendsPapers(), engine))
  await engine.script(rows)

  await prepareSchema(engine, wantedBy(staffs, engine), { auto: true })
  await engine.security?.enter()

  assert.deepEqual(await papersOf(engine, ann), [])
  assert.deepEqual(await papersOf(engine, ann, ['staff']), ['1'])
})

test('a function goes when no policy calls it any more', { skip }, async () => {
  const { engine } = await fresh()
  await applyDirectly(engine, wantedBy(friendsPapers(), engine))

  const { steps } = await planMigration(engine, wantedBy(owners, engine))
  for (const step of steps) await runStep(engine, step)

  assert.match(steps.at(-1)?.name ?? '', /^drop function plinth_exists_/)
  assert.deepEqual((await engine.introspect(wantedBy(owners, engine))).functions, [])
})

test('tables that were there without row security get it, with their rows', { skip }, async () => {
  const { engine } = await fresh()
  await applyDirectly(engine, wantedBy(owners, engine, false))
  await engine.script(rows)

  await prepareSchema(engine, wantedBy(owners, engine), { auto: true })
  await engine.security?.enter()

  assert.deepEqual(await papersOf(engine, ann), ['1'])
  assert.deepEqual(await papersOf(engine, bob), [])
})

test('who starts without row security finds what is there in nobody’s way', { skip }, async () => {
  const { engine, url } = await fresh()
  await applyDirectly(engine, wantedBy(owners, engine))
  await engine.script(rows)
  const other = await openPostgres({ url })
  opened.unshift(() => other.close())

  const want = wantedBy(owners, other, false)
  await prepareSchema(other, want, { auto: true })

  assert.deepEqual((await planMigration(other, want)).steps, [])
  assert.deepEqual(await papersOf(other, bob), ['1'])
})

test('a copy of a database goes on with the roles its policies name', { skip }, async () => {
  const { engine, url } = await fresh()
  const want = wantedBy(friendsPapers(), engine)
  await applyDirectly(engine, want)
  await engine.script(rows)
  await engine.close()
  const [source, copy] = [new URL(url).pathname.slice(1), `${new URL(url).pathname.slice(1)}_copy`]
  const admin = await openPostgres({ url: url.replace(/[^/]*$/, 'postgres') })
  await admin.script([`create database ${copy} template ${source}`])
  const copied = await openPostgres({ url: url.replace(/[^/]*$/, copy) })
  try {
    await prepareSchema(copied, want, { auto: false })
    await copied.security?.enter()
    assert.deepEqual(await papersOf(copied, bob), ['1'])
    assert.deepEqual(await papersOf(copied, idOf(99)), [])
  } finally {
    await copied.close()
    await admin.script([`drop database ${copy} with (force)`])
    await admin.close()
  }
})
