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
import { openPostgres } from '../index.ts'
import { startTool } from './client_tool.ts'
import { postgresBackups } from './index.ts'

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
    const wrong = new URL(url)
    wrong.pathname = '/there_is_no_such_database'

    await assert.rejects(
      postgresBackups(wrong.href).copy({ folder, report }),
      /pg_dump ended with 1: .*does not exist/s,
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
