// Sessions as they are set up, prepared statements, scripts and the migration lock.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import {
  counter,
  engineForTests,
  failureOfCall,
  insertCounter,
  run,
  sleep,
  statement,
  type TestEngine,
} from './test_engine.ts'

const opened = await engineForTests({ limits: { readers: 1, statements: 5 } })

describe('sessions of PostgreSQL', { skip: 'skip' in opened ? opened.skip : false }, () => {
  const { engine, url, open, close } = opened as TestEngine // skipped otherwise
  after(() => close())
  const setting = async (name: string): Promise<unknown> =>
    (await engine.query(statement(`select current_setting('${name}')`, ['text']), []))[0]?.[0]

  it('are set up alike, whatever server, role or address say', async () => {
    const expected = {
      statement_timeout: '5s',
      lock_timeout: '2s',
      idle_in_transaction_session_timeout: '10s',
      application_name: 'plinth',
      search_path: 'public',
      TimeZone: 'UTC',
      default_transaction_read_only: 'on',
      jit: 'off',
    }
    const other = await open({
      url: `${url}?application_name=else&options=${encodeURIComponent(
        '-c TimeZone=Asia/Tokyo -c search_path=pg_catalog -c jit=on',
      )}`,
    })
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(await setting(name), value)
      const rows = await other.query(statement(`select current_setting('${name}')`, ['text']), [])
      assert.equal(rows[0]?.[0], value)
    }
  })

  it('keep a bounded number of prepared statements, those used last', async () => {
    const prepared = statement('select statement from pg_prepared_statements order by 1', ['text'])
    const often = statement('select 0::bigint', ['int'])
    for (let n = 1; n <= 20; n++) {
      await engine.query(often, [])
      await engine.query(statement(`select ${n}::bigint`, ['int']), [])
    }

    const texts = (await engine.query(prepared, [])).map((row) => row[0])

    assert.deepEqual(
      texts,
      ['select 0::bigint', 'select 18::bigint', 'select 19::bigint', 'select 20::bigint', prepared.text].toSorted(),
    )
  })

  it('forget plans that a changed table made stale', async () => {
    await engine.script(['create table shapes (id bigint)', 'insert into shapes values (7)'])
    const every = statement('select * from shapes', ['int'])
    const lock = statement('select id from shapes for update', ['int'])
    await engine.query(every, [])
    await run(engine, lock)

    await engine.script(['alter table shapes alter column id type integer'])

    assert.deepEqual(await engine.query(every, []), [[7]])
    assert.deepEqual(await run(engine, lock), [[7]])
  })

  it('refuse a write that is not in a transaction, as the other engine does', async () => {
    assert.equal(await failureOfCall(Promise.resolve(engine.query(insertCounter, [1, 0]))), 'broken')
    assert.equal(await counter(engine, 1), undefined)
  })

  it('end a statement that takes longer than its deadline', async () => {
    const hasty = await open({ limits: { statementTimeoutMs: 100 } })
    const start = performance.now()

    assert.equal(await failureOfCall(Promise.resolve(hasty.query(sleep, ['3']))), 'deadline')
    assert.ok(performance.now() - start < 2_500)
  })

  it('run a script on one session, each statement by itself, and undo what it left open', async () => {
    await engine.script([
      'set lock_timeout = 123',
      'create table marks (t text)',
      `insert into marks select current_setting('lock_timeout')`,
    ])
    const failing = engine.script([
      `insert into marks values ('kept')`,
      'begin',
      `insert into marks values ('undone')`,
      'nonsense',
    ])

    assert.equal(await failureOfCall(failing), 'broken')
    assert.deepEqual(await engine.query(statement('select t from marks order by t', ['text']), []), [
      ['123ms'],
      ['kept'],
    ])
  })

  it('let one process migrate at a time', async () => {
    const other = await open()
    const order: string[] = []

    await engine.migrationLock(async () => {
      assert.equal(await failureOfCall(other.migrationLock(async () => order.push('second'))), 'busy')
      order.push('first')
    })
    await other.migrationLock(async () => order.push('third'))
    await failureOfCall(other.migrationLock(async () => Promise.reject(new Error('of the work'))))
    await engine.migrationLock(async () => order.push('fourth'))

    assert.deepEqual(order, ['first', 'third', 'fourth'])
  })

  it('tell when the migration lock was lost meanwhile', async () => {
    const cut = `do $$ begin perform pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database()); end $$`

    assert.equal(await failureOfCall(engine.migrationLock(async () => engine.script([cut]))), 'unavailable')
  })

  it('read one state in a snapshot while writes go on', async () => {
    await run(engine, insertCounter, [2, 0])
    const count = statement('select count(*) from counters', ['int'])

    const seen = await engine.snapshot(async (session) => {
      const before = await session.all(count, [])
      await run(engine, insertCounter, [3, 0])
      return [before, await session.all(count, [])]
    })

    assert.deepEqual(seen[0], seen[1])
    assert.notDeepEqual(await engine.query(count, []), seen[0]) // control: outside of it the new row is seen
    await assert.rejects(async () => engine.snapshot(async (session) => session.all(insertCounter, [4, 0])))
  })
})

describe('the dialect of PostgreSQL', { skip: 'skip' in opened ? opened.skip : false }, async () => {
  const own = await engineForTests()
  if ('skip' in own) return
  const { engine, close } = own
  const { dialect } = engine
  after(() => close())

  it('compares with patterns by case, and a lone backslash at the end means itself', async () => {
    const like = statement(`select ${dialect.like('$1::text', '$2')}`, ['bool'])
    const cases: [string, string, boolean][] = [
      ['abc', 'a%', true],
      ['Abc', 'a%', false],
      ['a%c', 'a\\%c', true],
      ['abc', 'a\\%c', false],
      ['ä', '_', true],
      ['a\\', 'a\\', true],
      ['a\\', 'a\\\\', true],
      ['a', 'a\\', false],
    ]
    for (const [subject, pattern, expected] of cases) {
      assert.deepEqual(
        await engine.query(like, [subject, dialect.likePattern(pattern)]),
        [[expected]],
        `${subject} ${pattern}`,
      )
    }
  })

  it('refuses what is no JSON, no date and no number of that class', async () => {
    await engine.script([
      `create table typed (id bigint generated always as identity primary key,
       j text collate "C" check (${dialect.isJson('j')}),
       d date check (${dialect.isDate('d')}), b boolean, w bigint)`,
    ])
    const insert = statement('insert into typed (j, d, b, w) values ($1, $2, $3, $4)')
    const good = ['{"b":1e2,"a":1.0,"a":2}', '0001-01-01', true, '-9223372036854775808']
    await run(engine, insert, good)
    const bad: [number, string][] = [
      [0, '{'],
      [1, '2026-02-31'],
      [1, 'infinity'],
      [1, '10000-01-01'],
      [2, 'x'],
      [3, '9223372036854775808'],
    ]
    for (const [at, value] of bad) {
      assert.match(String(await failureOfCall(run(engine, insert, good.with(at, value)))), /check|broken/, value)
    }
    const all = statement('select j, d, b, w from typed', ['text', 'date', 'bool', 'wide'])
    assert.deepEqual(await engine.query(all, []), [good])
  })
})
