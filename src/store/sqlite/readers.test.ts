// Single statements of one turn of the event loop share a read transaction, and nobody can tell.
import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ALL, failure, heldSync, INSERT, insert, openFor } from './test_store.ts'

test('a statement sees what was committed before it, in the same turn of the event loop too', async (t) => {
  const disk = heldSync(t)
  const engine = await openFor(t, { sync: disk.sync, foreignAwait: 'warn' })
  const alone = (n: number, ms?: number): Promise<unknown> =>
    engine.write({ name: 'alone', isolation: 'locked' }, async (tx) => {
      if (ms !== undefined) await sleep(ms)
      await tx.all(INSERT, [n])
      void engine.query(ALL, []) // holds what is there while this is not committed
    })
  await alone(1, 5) // it was seen to wait, and commits at once from now on
  disk.hold() // nothing else ends the transaction of the reader
  let isLater = false
  setImmediate(() => {
    isLater = true
  })

  const before = engine.query(ALL, [])
  const write = alone(2)
  for (let n = 0; n < 50; n++) await Promise.resolve()
  const afterWrite = engine.query(ALL, [])
  const script = engine.script(['insert into t (n) values (3)'])
  for (let n = 0; n < 50; n++) await Promise.resolve()
  const afterScript = engine.query(ALL, [])

  assert.equal(isLater, false)
  disk.letGo()
  await Promise.all([write, script])
  assert.deepEqual([before, await afterWrite, await afterScript], [[[1]], [[1], [2]], [[1], [2], [3]]])
})

test('a statement that fails takes nothing from those beside it', async (t) => {
  const engine = await openFor(t)
  await insert(engine, 1)

  assert.deepEqual(engine.query(ALL, []), [[1]])
  assert.throws(() => engine.query({ text: 'select n from nowhere', reads: ['int'] }, []), /no such table/)

  assert.deepEqual(engine.query(ALL, []), [[1]])
  await engine.close()
  assert.throws(() => engine.query(ALL, []), failure('unavailable'))
})

test('readers in every turn do not keep the log from starting over', async (t) => {
  const engine = await openFor(t, { limits: { checkpointPages: 12 } })
  const isShort = (writes: number): boolean => engine.figures().logBytes < (writes * 4_096) / 2

  let writes = 0
  while (writes < 600 || (writes < 10_000 && !isShort(writes))) {
    const write = insert(engine, writes++)
    await Promise.all([write, engine.query(ALL, [])])
    if (writes % 20 === 0) await sleep(1)
  }

  assert.ok(isShort(writes), `${engine.figures().logBytes} bytes after ${writes} writes`)
})
