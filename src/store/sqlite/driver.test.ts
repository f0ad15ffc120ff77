// One connection: settings read back, statements kept prepared within bounds, and what only SQLite could get wrong.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import { StoreError } from '../contract.ts'
import { sqliteDialect } from './dialect.ts'
import { Connection, refuseOldSqlite, verifyPragmas, volatileRole, withoutNumbers, writerRole } from './driver.ts'
import { storeError } from './errors.ts'
import { openSqlite } from './index.ts'
import { failure, fileFor } from './test_store.ts'

test('settings that are not what durability needs refuse the start', (t) => {
  const database = new DatabaseSync(fileFor(t))
  t.after(() => database.close())
  const wanted = { journal_mode: 'wal', synchronous: 1 }

  assert.throws(() => verifyPragmas(database, wanted), /journal_mode=delete, not wal/)
  database.exec('pragma journal_mode = wal; pragma synchronous = 0')
  assert.throws(() => verifyPragmas(database, wanted), /synchronous=0, not 1/)
  database.exec('pragma synchronous = 1')
  verifyPragmas(database, wanted)
})

test('a setting that SQLite cannot honour is found when the connection opens', () => {
  // A memory database answers `pragma journal_mode = wal` with "memory" and no error.
  assert.throws(() => new Connection(':memory:', writerRole, () => {}), failure('unavailable'))
})

test('a SQLite that is too old is refused', () => {
  for (const version of ['3.51.2', '3.50.9', '2.99.99', 'unknown']) {
    assert.throws(() => refuseOldSqlite(version), failure('unavailable'), version)
  }
  for (const version of ['3.51.3', '3.52.0', '4.0.0', process.versions.sqlite ?? '']) refuseOldSqlite(version)
})

test('a text of two statements is refused, where SQLite would drop the second', (t) => {
  const connection = volatile(t)

  assert.throws(() => connection.all({ text: 'select 1; select 2', reads: ['int'] }, []), /one statement/)
  assert.deepEqual(connection.all({ text: 'select 1; ', reads: ['int'] }, []), [[1]])
})

test('more texts than are kept prepared still answer rightly, the old ones too', (t) => {
  const connection = volatile(t)
  const statements = Array.from({ length: 1_200 }, (_, n) => ({ text: `select ${n}`, reads: ['int'] as const }))

  for (let round = 0; round < 2; round++) {
    for (const [n, statement] of statements.entries()) assert.deepEqual(connection.all(statement, []), [[n]])
    for (const [n, { text }] of statements.entries())
      assert.deepEqual(connection.all({ text, reads: ['int'] }, []), [[n]])
  }
})

test('parameters mean what their numbers say, in order or not', (t) => {
  const connection = volatile(t)
  const reads = ['text', 'text', 'text'] as const

  assert.deepEqual(connection.all({ text: `select ?1, '?2', ?2 as "?3"`, reads }, ['a', 'b']), [['a', '?2', 'b']])
  assert.deepEqual(connection.all({ text: 'select ?2, ?1, ?3', reads }, ['a', 'b', 'c']), [['b', 'a', 'c']])
  assert.deepEqual(connection.all({ text: 'select ?1, ?1, ?2', reads }, ['a', 'b']), [['a', 'a', 'b']])
  assert.equal(withoutNumbers(`select ?1, '?2', ?2`), `select ?, '?2', ?`)
  assert.equal(withoutNumbers('select ?2, ?1'), 'select ?2, ?1')
})

test('binding takes as long as there are parameters, and not as their square', (t) => {
  const connection = volatile(t)
  /** Milliseconds for as many parameters, in the best of some rounds: a busy machine is no fault of the driver. */
  const cost = (count: number, order: (list: string[]) => string[]): number => {
    const list = order(Array.from({ length: count }, (_, at) => `?${at + 1}`))
    const values = list.map(() => 'x')
    const statement = {
      text: `select max(length(v.column1)) from (values (${list.join('), (')})) as v`,
      reads: ['int'] as const,
    }
    const rounds = Array.from({ length: 7 }, () => {
      const before = performance.now()
      for (let round = 0; round * count < 20_000; round++) connection.all(statement, values)
      return performance.now() - before
    })
    return Math.min(...rounds)
  }

  const [few, many, control] = [
    cost(100, (list) => list),
    cost(4_000, (list) => list),
    cost(4_000, (list) => list.toReversed()),
  ]

  assert.ok(many < few * 4, `${many} ms for parameters by thousands, ${few} ms by hundreds`)
  assert.ok(control > many * 4, `the control, whose numbers must stay, took ${control} ms`)
})

test('double quotes never make a text, and a schema cannot be written by hand', (t) => {
  const connection = volatile(t)

  assert.throws(() => connection.exec('select "no such column"'), /no such column/)
  connection.exec('create table t (n)')
  assert.throws(() => connection.exec('pragma writable_schema = on; delete from sqlite_schema'), StoreError)
})

test('a day is a day of the calendar, written in one way', (t) => {
  const connection = volatile(t)
  const statement = { text: `select ${sqliteDialect.isDate('?1')}`, reads: ['bool'] as const }
  const is = (day: string | null): unknown => connection.all(statement, [day])[0]?.[0]

  for (const day of ['2024-02-29', '0001-01-01', '9999-12-31']) assert.equal(is(day), true, day)
  for (const day of ['2023-02-29', '2024-2-29', '0000-01-01', 'now', '2460000.5', '2024-02-29T00:00', '']) {
    assert.equal(is(day), false, day)
  }
  assert.notEqual(is(null), false)
})

test('errors of the disk, of locks and of full disks are told apart by their code', () => {
  const made = (errcode: number): Error => Object.assign(new Error('made'), { code: 'ERR_SQLITE_ERROR', errcode })
  const expected = {
    5: 'busy',
    6: 'busy',
    517: 'busy',
    13: 'full',
    4874: 'full',
    1034: 'broken',
    11: 'broken',
    26: 'broken',
  }

  for (const [code, name] of Object.entries({ ...expected, 14: 'unavailable', 8: 'unavailable', 787: 'foreign_key' })) {
    const error = storeError(made(Number(code)))
    assert.ok(error instanceof StoreError)
    assert.equal(error.failure, name, code)
  }
  const ours = new TypeError('ours')
  assert.equal(storeError(ours), ours)
})

test('only a failing disk is reported as one: not a full disk, not a wrong statement', (t) => {
  const told: StoreError[] = []
  const connection = new Connection(fileFor(t), volatileRole, (error) => told.push(error))
  t.after(() => connection.close())
  const made = (errcode: number): Error => Object.assign(new Error('made'), { code: 'ERR_SQLITE_ERROR', errcode })

  for (const code of [13, 4874, 1, 2067, 5]) connection.translated(made(code))
  assert.deepEqual(told, [])

  for (const code of [1034, 1290, 778, 11, 267, 26]) connection.translated(made(code))
  assert.equal(told.length, 6)
})

test('a database in memory keeps nothing and leaves no directory behind', async () => {
  const engine = await openSqlite({ file: ':memory:' })
  const [[place]] = (await engine.query({ text: 'select file from pragma_database_list', reads: ['text'] }, [])) as [
    [string],
  ]
  assert.ok(existsSync(place))

  await engine.close()

  assert.equal(existsSync(place), false)
})

function volatile(t: TestContext): Connection {
  const connection = new Connection(fileFor(t), volatileRole, () => {})
  t.after(() => connection.close())
  return connection
}
