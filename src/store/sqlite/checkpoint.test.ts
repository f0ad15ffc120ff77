// The log is copied into the database file as it grows, cut when nobody writes, and a failure of either is final.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import test, { type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreError } from '../contract.ts'
import { Checkpointer } from './checkpoint.ts'
import { Connection, readerRole, volatileRole } from './driver.ts'
import { openSqlite, type SqliteEngine } from './index.ts'
import { fileFor, insert, INSERT, numbers, openFor } from './test_store.ts'

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 500 && !condition(); n++) await sleep(2)
  assert.ok(condition(), 'it did not happen')
}

const fill = (engine: SqliteEngine, from: number): Promise<unknown> =>
  engine.write({ name: 'fill', isolation: 'locked' }, async (tx) => {
    for (let n = from; n < from + 2_000; n++) await tx.all(INSERT, [n])
  })

test('the thread copies the log after so many pages, and not before', async (t) => {
  const engine = await openFor(t, { limits: { checkpointPages: 12 } })
  assert.equal(engine.figures().checkpoints, 0)

  for (let n = 0; n < 30; n++) await insert(engine, n)

  await until(() => engine.figures().checkpoints > 0)
  assert.equal((await numbers(engine)).length, 30)
})

test('the log starts over once it is copied, so it does not grow with the number of writes', async (t) => {
  const engine = await openFor(t, { limits: { checkpointPages: 12 } })
  // How soon the thread copies depends on who else wants the processor; that it does, not.
  const isShort = (writes: number): boolean => engine.figures().logBytes < (writes * 4_096) / 2

  let writes = 0
  while (writes < 600 || (writes < 10_000 && !isShort(writes))) {
    await insert(engine, writes++)
    if (writes % 20 === 0) await sleep(1)
  }

  assert.ok(isShort(writes), `${engine.figures().logBytes} bytes after ${writes} writes`)
})

/** The limit of the two tests below (800 pages), and what is written while writers are made to pause. */
const LONG_LOG_BYTES = 4_000 * 4_096

/** A number and a page of text: writers of one turn share a commit, and a page that all of them touch is in it once. */
const pageFull = (engine: SqliteEngine, n: number): Promise<unknown> =>
  engine.write({ name: 'page full', isolation: 'locked' }, async (tx) => {
    await tx.all(INSERT, [n])
    await tx.all({ text: 'insert into pages (text) values (?1)', reads: [] }, ['x'.repeat(4_000)])
  })

/** Writers that never pause for so many writes: between two of them there is no moment for the log to start over. */
async function pressed(engine: SqliteEngine, writes: number): Promise<number> {
  await engine.script(['create table if not exists pages (text text) strict'])
  const state = { next: 0, mostBytes: 0 }
  const write = async (): Promise<void> => {
    while (state.next < writes) {
      await pageFull(engine, state.next++)
      state.mostBytes = Math.max(state.mostBytes, engine.figures().logBytes)
    }
  }
  await Promise.all(Array.from({ length: 16 }, write))
  return state.mostBytes
}

test('the log starts over under writers that never pause too', async (t) => {
  const engine = await openFor(t, { limits: { checkpointPages: 400, restartPages: 800 } })

  const bytes = await pressed(engine, 8_000)

  assert.ok(bytes < LONG_LOG_BYTES, `${bytes} bytes of log`)
  assert.equal((await numbers(engine)).length, 8_000)
})

test('control: without the pause for it, the log of such writers grows with every write', async (t) => {
  const engine = await openFor(t, { limits: { checkpointPages: 400, restartPages: 1_000_000 } })
  let bytes = 0

  // By chance a checkpoint may end between two writes; not for long.
  for (let round = 0; round < 10 && bytes < LONG_LOG_BYTES; round++) bytes = await pressed(engine, 5_000)

  assert.ok(bytes >= LONG_LOG_BYTES, `${bytes} bytes of log`)
})

test('a snapshot that keeps the log from starting over does not make every write wait', async (t) => {
  const engine = await openFor(t, { limits: { checkpointPages: 50, restartPages: 200 } })
  await insert(engine, -1)
  const held = Promise.withResolvers<void>()
  const snapshot = engine.snapshot(async (session) => {
    await session.all({ text: 'select n from t', reads: ['int'] }, [])
    await held.promise
  })

  await pressed(engine, 2_000)
  const { checkpoints } = engine.figures()
  held.resolve()
  await snapshot

  assert.ok(checkpoints < 200, `${checkpoints} checkpoints for 2,000 writes`)
})

test('the log is cut when it is long, copied, and nobody writes', async (t) => {
  const engine = await openFor(t, { limits: { checkpointPages: 4, truncateBytes: 10_000 } })

  await fill(engine, 0)
  await fill(engine, 2_000)

  await until(() => engine.figures().logBytes === 0)
  await insert(engine, 9_999)
  assert.equal((await numbers(engine)).length, 4_001)
})

test('control: a log below its limit is left as it is', async (t) => {
  const engine = await openFor(t, { limits: { checkpointPages: 4, truncateBytes: 10_000_000 } })

  await fill(engine, 0)
  await until(() => engine.figures().checkpoints > 0)
  await sleep(20)

  assert.ok(engine.figures().logBytes > 0)
})

test('a thread that cannot open the database ends the storage', async (t) => {
  const told: StoreError[] = []
  const file = fileFor(t)
  const writer = new Connection(file, volatileRole, () => {})
  const reader = new Connection(file, readerRole, () => {})
  writer.exec('create table t (n); insert into t values (1)')
  const checkpointer = new Checkpointer({
    file: `${file}/not/there`,
    reader: { single: reader },
    writer: { whenIdle: () => false, pause: async () => {} },
    log: { size: () => 0 },
    passivePages: 1,
    restartPages: 1_000,
    truncateBytes: 1,
    onFailure: (error) => told.push(error),
  })

  checkpointer.consider()
  await until(() => told.length > 0)

  assert.equal(told[0]?.failure, 'broken')
  reader.close()
  writer.close()
})

test('closing copies the log and removes it; the rows are in the file', async (t: TestContext) => {
  const file = fileFor(t)
  const first = await openSqlite({ file })
  await first.script(['create table t (n integer not null) strict'])
  await insert(first, 1)
  assert.ok(existsSync(`${file}-wal`))

  await first.close()
  await first.close()

  assert.equal(existsSync(`${file}-wal`), false)
  const second = await openSqlite({ file })
  assert.deepEqual(await numbers(second), [1])
  await second.close()
})
