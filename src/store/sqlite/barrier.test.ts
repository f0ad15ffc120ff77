// Durability: nothing that depends on a commit leaves before it is on the disk, and nothing after the disk failed.
import assert from 'node:assert/strict'
import test, { describe } from 'node:test'
import type { StoreError } from '../contract.ts'
import { failure, heldSync, inputOutputError, insert, INSERT, numbers, openFor, stateOf } from './test_store.ts'

const slow = { name: 'a refusal', isolation: 'locked' } as const

describe('the durable barrier', () => {
  test('a write, a read, a snapshot and a refusal wait until the commit they saw is on the disk', async (t) => {
    const disk = heldSync(t)
    const engine = await openFor(t, { sync: disk.sync })
    disk.hold()

    const write = insert(engine, 1)
    assert.equal(await stateOf(write), 'pending')
    const answers = {
      read: Promise.resolve(engine.query({ text: 'select n from t', reads: ['int'] }, [])),
      snapshot: engine.snapshot(async (session) => session.all({ text: 'select n from t', reads: ['int'] }, [])),
      refusal: engine.write(slow, async () => Promise.reject(new Error('no'))),
      catalog: engine.introspect(),
    }
    for (const [what, answer] of Object.entries(answers)) assert.equal(await stateOf(answer), 'pending', what)

    disk.letGo()
    await write
    assert.deepEqual(await answers.read, [[1]])
    await assert.rejects(answers.refusal, /no/)
  })

  test('control: without the barrier the same answers leave at once', async (t) => {
    const disk = heldSync(t)
    const engine = await openFor(t, { sync: disk.sync, durability: 'none' })
    disk.hold()

    assert.equal(await stateOf(insert(engine, 1)), 'fulfilled')
    assert.equal(disk.begun, 0)
  })

  test('when nothing is outstanding a read is answered in the same breath', async (t) => {
    const engine = await openFor(t)
    await insert(engine, 1)

    assert.deepEqual(engine.query({ text: 'select n from t', reads: ['int'] }, []), [[1]])
  })

  test('one sync is in flight, and all that commits meanwhile rides the next', async (t) => {
    const disk = heldSync(t)
    const engine = await openFor(t, { sync: disk.sync })
    const before = disk.begun
    disk.hold()

    const first = insert(engine, 1)
    assert.equal(await stateOf(first), 'pending')
    const others = Promise.all([2, 3, 4, 5].map((n) => insert(engine, n)))
    assert.equal(await stateOf(others), 'pending')
    assert.equal(disk.begun - before, 1)

    disk.end()
    assert.equal(await stateOf(first), 'fulfilled')
    assert.equal(await stateOf(others), 'pending')
    assert.equal(disk.begun - before, 2)
    disk.letGo()
    await others
    assert.equal(disk.begun - before, 2)
  })

  test('a write that is rolled back waits for what it saw, and adds nothing to wait for', async (t) => {
    const disk = heldSync(t)
    const engine = await openFor(t, { sync: disk.sync })
    const { begun } = disk

    await engine.write({ ...slow, rollback: true }, async (tx) => tx.all(INSERT, [1]))

    assert.equal(disk.begun, begun)
    assert.deepEqual(await numbers(engine), [])
  })
})

describe('the disk fails', () => {
  test('after the first error nothing is acknowledged, read or written, and the process is told once', async (t) => {
    const disk = heldSync(t)
    const told: StoreError[] = []
    const engine = await openFor(t, { sync: disk.sync, onStorageFailure: (error) => void told.push(error) })
    await insert(engine, 1)
    disk.hold()

    const flying = insert(engine, 2)
    await stateOf(flying)
    const waiting = [insert(engine, 3), Promise.resolve(engine.query({ text: 'select 1', reads: ['int'] }, []))]
    for (const one of waiting) await stateOf(one)
    disk.end(inputOutputError())
    disk.letGo()

    await assert.rejects(flying, failure('broken'))
    for (const one of waiting) await assert.rejects(one, failure('broken'))
    await assert.rejects(insert(engine, 4), failure('broken'))
    await assert.rejects(async () => engine.query({ text: 'select 1', reads: ['int'] }, []), failure('broken'))
    await assert.rejects(
      engine.snapshot(async () => 1),
      failure('broken'),
    )
    await assert.rejects(engine.ping(), failure('broken'))
    await assert.rejects(engine.introspect(), failure('broken'))
    assert.equal(told.length, 1)
    assert.equal(engine.figures().durable, 2)
  })

  test('a full disk that a sync reports is as final as an error', async (t) => {
    const disk = heldSync(t)
    const engine = await openFor(t, { sync: disk.sync, onStorageFailure: () => {} })
    disk.hold()

    const flying = insert(engine, 1)
    await stateOf(flying)
    disk.end(Object.assign(new Error('ENOSPC: no space left on device, fdatasync'), { code: 'ENOSPC' }))

    await assert.rejects(flying, failure('broken'))
    await assert.rejects(insert(engine, 2), failure('broken'))
  })

  test('control: without the barrier writes are acknowledged over a disk that fails', async (t) => {
    const sync = (_descriptor: number, done: (error: Error) => void): void =>
      void setImmediate(done, inputOutputError())
    const engine = await openFor(t, { sync, durability: 'none', onStorageFailure: () => assert.fail('told') })

    await insert(engine, 1)
    await insert(engine, 2)

    assert.deepEqual(await numbers(engine), [1, 2])
  })

  test('a database that is full refuses writes, still reads, and writes again when there is room', async (t) => {
    const told: StoreError[] = []
    const engine = await openFor(t, { onStorageFailure: (error) => void told.push(error) })
    await insert(engine, 1)
    await engine.script(['pragma max_page_count = 3'])
    const fill = engine.write(slow, async (tx) => {
      for (let n = 2; n < 5_000; n++) await tx.all(INSERT, [n])
    })

    await assert.rejects(fill, failure('full'))
    assert.deepEqual(await numbers(engine), [1])
    await engine.script(['pragma max_page_count = 3000'])
    await insert(engine, 2)
    assert.deepEqual(await numbers(engine), [1, 2])
    assert.deepEqual(told, [])
  })
})
