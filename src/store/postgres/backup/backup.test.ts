// PostgreSQL's own programs make the copies; pieces, refusals and trials are as with the other engine.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test, type TestContext } from 'node:test'
import { text } from 'node:stream/consumers'
import { postgresForTests } from '../../../../test/postgres.ts'
import { generationsOf, snapshotsOf } from '../../backup/folder.ts'
import { prepareSchema } from '../../migrate/index.ts'
import { wantedTables } from '../../policies.ts'
import { openPostgres } from '../index.ts'
import { actor, ann, idsOf, type Secured, securedForTests, securedModel } from '../test_secured.ts'
import { startTool } from './client_tool.ts'
import { postgresBackups } from './index.ts'
import { rolesIn } from './row_security.ts'

const database = await postgresForTests()
const missing = spawnSync('pg_dump', ['--version']).error === undefined ? false : 'pg_dump is not installed'
const skip = 'skip' in database ? database.skip : missing
const url = 'url' in database ? database.url : ''
const report = (): void => undefined

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-dumps-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function run(...statements: readonly string[]): Promise<void> {
  const engine = await openPostgres({ url })
  await engine.script(statements)
  await engine.close()
}

async function numbers(address: string): Promise<unknown[]> {
  const engine = await openPostgres({ url: address })
  try {
    return (await engine.query({ text: 'select n from t order by n', reads: ['int'] }, [])).flat()
  } finally {
    await engine.close()
  }
}

describe('backups of PostgreSQL', { skip }, () => {
  after(() => ('drop' in database ? database.drop() : undefined))

  test('a copy is made while others write, tried in a scratch database, and put back', async (t) => {
    const folder = folderFor(t)
    const backups = postgresBackups(url)
    await run('create table t (n bigint not null primary key)', 'insert into t values (1), (2)')
    const writer = await openPostgres({ url })
    await backups.copy({ folder, report })
    const between = Date.now()
    await writer.script(['insert into t values (3)'])
    await backups.copy({ folder, report })

    const trial = await backups.prove({ folder, isApart: false, report })
    const tried = await numbers(trial.databaseUrl ?? '')
    await trial.drop()
    const live = backups.restore({ folder, to: undefined, force: true, report })
    await assert.rejects(live, /is in use by \d+ others/)
    await writer.close()
    const there = backups.restore({ folder, to: undefined, force: false, report })
    await assert.rejects(there, /has 1 tables already; with --force they are replaced/)
    await backups.restore({ folder, to: between, force: true, report })

    assert.deepEqual(trial.problems, [])
    assert.deepEqual(tried, [1, 2, 3])
    assert.deepEqual(await numbers(url), [1, 2])
    await assert.rejects(numbers(trial.databaseUrl ?? ''), /does not exist|unavailable|cannot/i)
  })

  test('a damaged dump is named, and nothing of it is put in place', async (t) => {
    const folder = folderFor(t)
    const backups = postgresBackups(url)
    await backups.copy({ folder, report })
    const path = snapshotsOf(generationsOf(folder)[0] ?? '')[0]?.path ?? ''
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(path, bytes)

    const trial = await backups.prove({ folder, isApart: false, report })

    assert.ok(trial.problems[0]?.includes(`${path} is damaged`), trial.problems.join('\n'))
    await assert.rejects(backups.restore({ folder, to: undefined, force: true, report }), /is damaged/)
    assert.deepEqual(await numbers(url), [1, 2])
  })

  test('what pg_dump complains of is the error, and leaves nothing in the folder', async (t) => {
    const folder = folderFor(t)
    const reader = `${new URL(url).pathname.slice(1)}_nobody`
    const address = new URL(url)
    address.username = reader
    await run('create table if not exists secrets (n bigint)', `create role ${reader} login`)
    t.after(() => run(`drop role ${reader}`))

    await assert.rejects(
      postgresBackups(address.href).copy({ folder, report }),
      /pg_dump ended with 1: .*permission denied/s,
    )

    assert.deepEqual(generationsOf(folder), [])
  })
})

test('a password is on no command line', async () => {
  const { child, ended } = startTool('echo', [], 'postgres://me:s%3Aecret@127.0.0.1:5432/shop')

  const said = child.stdout === null ? '' : await text(child.stdout)
  await ended

  assert.match(said, /--dbname=postgres:\/\/me@127\.0\.0\.1:5432\/shop\?passfile=/)
  assert.doesNotMatch(said, /ecret/)
})

test('a program that is not installed is named', async () => {
  const { ended } = startTool('pg_dump_that_is_not_here', [], 'postgres://127.0.0.1/shop')

  await assert.rejects(ended, /pg_dump_that_is_not_here cannot be run: install the client programs/)
})

async function dropRoles({ url: address, roles }: Secured): Promise<void> {
  const engine = await openPostgres({ url: address.replace(/[^/]*$/, 'postgres') })
  await engine.script([`drop role "${roles.caller}", "${roles.system}"`])
  await engine.close()
}

describe('backups of a database that keeps its rules', { skip }, () => {
  test('a dump is put back with its rules, also where its roles are not known', async (t) => {
    const folder = folderFor(t)
    const secured = await securedForTests()
    if ('skip' in secured) return t.skip(secured.skip)
    await postgresBackups(secured.url).copy({ folder, report })
    await secured.close() // its roles go with it
    const elsewhere = postgresBackups(secured.url.replace(/[^/]*$/, 'postgres'))
    const trial = await elsewhere.prove({ folder, isApart: false, report })
    assert.deepEqual(trial.problems, [])
    const engine = await openPostgres({ url: trial.databaseUrl ?? '' })
    try {
      const want = wantedTables(securedModel, engine.dialect, { rowSecurity: true })
      await prepareSchema(engine, want, { auto: false })
      await engine.security?.enter()
      assert.deepEqual(await idsOf(engine, 'select id from notes', actor(ann)), ['21'])
      assert.deepEqual(await idsOf(engine, 'select id from seats', actor(ann)), ['11', '12'])
      assert.deepEqual(await idsOf(engine, 'select id from notes'), ['21', '22'])
    } finally {
      await engine.close()
      await trial.drop()
      await dropRoles(secured)
    }
  })

  test('who would dump only some of the rows dumps none', async (t) => {
    const folder = folderFor(t)
    const secured = await securedForTests()
    if ('skip' in secured) return t.skip(secured.skip)
    const name = `${new URL(secured.url).pathname.slice(1)}_reader`
    const address = new URL(secured.url)
    address.username = name
    try {
      await secured.client.query(`create role ${name} login; grant select on all tables in schema public to ${name}`)

      const blind = postgresBackups(address.href).copy({ folder, report })
      await assert.rejects(blind, /does not see every row of boards, .* grant "plinth_system_\w+" to/)
      await secured.client.query(`grant "${secured.roles.system}" to ${name}`)
      await postgresBackups(address.href).copy({ folder, report })

      assert.equal(generationsOf(folder).length, 1)
    } finally {
      await secured.client.query(`drop owned by ${name}; drop role ${name}`)
      await secured.close()
    }
  })
})

test('the roles of a dump are those its policies name', () => {
  const policy = (name: string, to: string): string =>
    `CREATE POLICY ${name} ON public.notes FOR SELECT TO ${to} USING (true);`
  const system = 'CREATE POLICY plinth_system_0123456789 ON public.notes TO "a ""b"" c" USING (true) WITH CHECK (true);'

  assert.deepEqual(rolesIn(`${policy('plinth_select_0123456789', 'plinth_caller_x')}\n${system}`), {
    caller: 'plinth_caller_x',
    system: 'a "b" c',
  })
  assert.equal(rolesIn(policy('mine', 'somebody')), undefined)
})
