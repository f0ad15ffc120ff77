// The log is read as SQLite reads it: what is committed and whole, and not one frame more.
import assert from 'node:assert/strict'
import { closeSync, copyFileSync, openSync, truncateSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import { fileFor } from '../test_store.ts'
import { LogReader } from './log_reader.ts'
import { withFlippedBit } from './test_shipped.ts'

function databaseFor(t: TestContext): { readonly file: string; readonly database: DatabaseSync } {
  const file = fileFor(t).replace(/app\.db$/, 'log.db')
  const database = new DatabaseSync(file)
  t.after(() => database.close())
  database.exec(`pragma journal_mode = wal; pragma synchronous = 0; pragma wal_autocheckpoint = 0;
    pragma cache_size = 5; create table t (n integer primary key, b blob)`)
  return { file, database }
}

const INSERT = 'insert into t (b) values (randomblob(3000))'

/** Frames of the log that SQLite counts as committed. */
const counted = (database: DatabaseSync): number =>
  Number(database.prepare('pragma wal_checkpoint(noop)').get()?.['log'])

function endOf(log: string): number {
  const descriptor = openSync(log, 'r')
  try {
    const reader = new LogReader(descriptor)
    const header = reader.header()
    return header === undefined ? 0 : reader.committedEnd(header, { frame: 0, sums: header.sums }).frame
  } finally {
    closeSync(descriptor)
  }
}

test('after each commit the end is where SQLite says, also when the log starts over', (t) => {
  const { file, database } = databaseFor(t)
  assert.ok(counted(database) > 0)

  for (let n = 0; n < 60; n++) {
    database.exec(INSERT)
    assert.equal(endOf(`${file}-wal`), counted(database))
    if (n % 20 === 10) database.prepare('pragma wal_checkpoint(passive)').get()
  }
})

test('frames of an open transaction are not counted, though they are in the file', (t) => {
  const { file, database } = databaseFor(t)
  const before = counted(database)

  database.exec('begin')
  for (let n = 0; n < 50; n++) database.exec(INSERT)

  assert.equal(endOf(`${file}-wal`), before)
  database.exec('rollback')
  database.exec(INSERT)
  assert.equal(endOf(`${file}-wal`), counted(database))
})

test('of a log that is cut anywhere, the commits before the cut are read, as SQLite recovers them', (t) => {
  const { file, database } = databaseFor(t)
  for (let n = 0; n < 8; n++) database.exec(INSERT)
  const size = 32 + counted(database) * 4_120

  for (let bytes = 0; bytes <= size; bytes += 1_373) {
    const copy = fileFor(t)
    copyFileSync(file, copy)
    copyFileSync(`${file}-wal`, `${copy}-wal`)
    truncateSync(`${copy}-wal`, bytes)

    const end = endOf(`${copy}-wal`)

    const recovered = new DatabaseSync(copy)
    recovered.prepare('select count(*) from sqlite_schema').get()
    assert.equal(end, Math.max(0, counted(recovered)), `cut after ${bytes} bytes`)
    recovered.close()
  }
})

test('a bit turned in a frame ends the log before it', async (t) => {
  const { file, database } = databaseFor(t)
  for (let n = 0; n < 8; n++) database.exec(INSERT)
  const end = endOf(`${file}-wal`)

  for (let at = 32; at < 32 + end * 4_120; at += 777) {
    const bent = await withFlippedBit(`${file}-wal`, at, async () => endOf(`${file}-wal`))
    assert.ok(bent <= Math.floor((at - 32) / 4_120), `bit at ${at}: ${bent} of ${end} frames`)
  }
  assert.equal(endOf(`${file}-wal`), end)
})
