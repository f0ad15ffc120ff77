// A reader elsewhere may hold the writer's lock for a moment; no write fails for it, and none waits for ever.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqlite, type SqliteEngine } from './index.ts'
import { failure, fileFor, insert, numbers } from './test_store.ts'

async function sceneFor(t: TestContext): Promise<{ engine: SqliteEngine; other: DatabaseSync }> {
  const file = fileFor(t)
  const engine = await openSqlite({ file, limits: { transactionDeadlineMs: 100 } })
  await engine.script(['create table t (n integer not null) strict'])
  const other = new DatabaseSync(file)
  t.after(async () => {
    other.close()
    await engine.close()
  })
  return { engine, other }
}

test('a write and a script wait while the lock is taken, and the event loop goes on', async (t) => {
  const { engine, other } = await sceneFor(t)
  other.exec('begin immediate')

  const write = insert(engine, 1)
  const script = engine.script(['insert into t values (2)'])
  await sleep(20)
  assert.deepEqual(await numbers(engine), [])
  other.exec('rollback')
  await Promise.all([write, script])

  assert.deepEqual(await numbers(engine), [1, 2])
})

test('a lock that is never given back ends in the deadline, and the next write goes on', async (t) => {
  const { engine, other } = await sceneFor(t)
  other.exec('begin immediate')

  await assert.rejects(insert(engine, 1), failure('deadline'))
  other.exec('rollback')
  await insert(engine, 2)

  assert.deepEqual(await numbers(engine), [2])
})
