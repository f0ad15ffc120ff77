// Transactions of one turn share a commit, and share nothing else: no answer too early, no failure that is another's.
import assert from 'node:assert/strict'
import test, { describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Transaction } from '../contract.ts'
import type { SqliteEngine } from './index.ts'
import { failure, heldSync, INSERT, insert, numbers, openFor } from './test_store.ts'

const named = (name: string) => ({ name, isolation: 'locked' }) as const
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** A number that may be there once. */
const once = (engine: SqliteEngine, n: number): Promise<unknown> =>
  engine.write(named('once'), async (tx) => tx.raw('insert into one (n) values (?1)', [n]))

/** Undoes the whole transaction of SQLite, as it does by itself when memory or the disk is short. */
const losing = (engine: SqliteEngine): Promise<unknown> =>
  engine.write(named('losing'), async (tx) => {
    await tx.raw('insert or rollback into one (n) values (1), (1)', [])
  })

/** Two writes in one turn: from then on the first of a turn expects others. */
const several = (engine: SqliteEngine): Promise<unknown> =>
  Promise.all([1, 2].map((n) => engine.write(named(`several ${n}`), async () => n)))

async function openWithOne(t: test.TestContext): Promise<SqliteEngine> {
  const engine = await openFor(t)
  await engine.script(['create table one (n integer primary key) strict'])
  await several(engine)
  return engine
}

describe('writes of one turn of the event loop', () => {
  test('share one commit, but for the first; of writes in turns of their own each has its own', async (t) => {
    const engine = await openFor(t)
    const before = engine.figures().committed

    await Promise.all(upTo(20).map((n) => insert(engine, n)))
    const together = engine.figures().committed - before
    for (const n of [20, 21, 22]) await insert(engine, n)

    assert.deepEqual([together, engine.figures().committed - before], [2, 5])
    assert.deepEqual(await numbers(engine), upTo(23))
  })

  test('share it at once where those of the turn before were several', async (t) => {
    const engine = await openFor(t)
    await several(engine)
    const before = engine.figures().committed

    await Promise.all(upTo(20).map((n) => insert(engine, n)))

    assert.equal(engine.figures().committed - before, 1)
  })

  test('are answered when that commit is on the disk, refusals too', async (t) => {
    const held = heldSync(t)
    const engine = await openFor(t, { sync: held.sync })
    await several(engine)
    await sleep(5) // nothing of those is on its way any more
    held.hold()
    const settled: string[] = []
    const writes = [
      insert(engine, 1).then(() => settled.push('kept')),
      engine.write(named('refused'), async () => assert.fail('no')).catch(() => settled.push('refused')),
      engine.write({ ...named('dry'), rollback: true }, async () => 1).then(() => settled.push('dry')),
    ]

    await sleep(20)
    assert.deepEqual(settled, [])
    held.letGo()
    held.end()
    await Promise.all(writes)

    assert.deepEqual(new Set(settled), new Set(['dry', 'kept', 'refused']))
  })

  test('that are refused or only tried leave nothing, and take nothing from the others', async (t) => {
    const engine = await openFor(t)
    const outcomes = await Promise.allSettled([
      insert(engine, 1),
      engine.write(named('refused'), async (tx: Transaction) => {
        await tx.all(INSERT, [2])
        throw new Error('no')
      }),
      engine.write({ ...named('dry'), rollback: true }, async (tx) => tx.all(INSERT, [3])),
      insert(engine, 4),
    ])

    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
    assert.deepEqual(await numbers(engine), [1, 4])
  })

  test('that only try commit nothing at all', async (t) => {
    const engine = await openFor(t)
    const before = engine.figures().committed

    await engine.write({ ...named('dry'), rollback: true }, async (tx) => tx.all(INSERT, [3]))

    assert.equal(engine.figures().committed, before)
  })
})

describe('a write whose failure undoes the whole of SQLite’s transaction', () => {
  test('fails alone: those before it run again, those after it are not touched', async (t) => {
    const engine = await openWithOne(t)
    const runs: number[] = []
    const counted = (n: number): Promise<unknown> =>
      engine.write(named('counted'), async (tx) => {
        runs.push(n)
        await tx.all(INSERT, [n])
      })

    const outcomes = await Promise.allSettled([counted(1), counted(2), losing(engine), counted(3)])

    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    )
    assert.ok(failure('unique')((outcomes[2] as PromiseRejectedResult).reason))
    assert.deepEqual(await numbers(engine), [1, 2, 3])
    assert.deepEqual(
      runs.toSorted((a, b) => a - b),
      [1, 1, 2, 2, 3],
    )
  })

  test('takes back a refusal that rested on what it undid', async (t) => {
    const engine = await openWithOne(t)
    let runs = 0
    const only = engine.write(named('only the first time'), async (tx) => {
      if (++runs === 1) await tx.raw('insert into one (n) values (7)', [])
    })

    const [, refused, lost] = await Promise.allSettled([only, once(engine, 7), losing(engine)])

    assert.deepEqual([runs, refused?.status, lost?.status], [2, 'fulfilled', 'rejected'])
  })
})

describe('a write that waits for something else than the database', () => {
  test('holds those that came before it in that turn once, and never again', async (t) => {
    const engine = await openFor(t, { foreignAwait: 'warn' })
    let isOver = false
    const first = engine.write(named('slow'), async () => sleep(5)) // known from now on

    await Promise.all([insert(engine, 0), first])
    await several(engine)

    const before = insert(engine, 1)
    const slow = engine.write(named('slow'), async () => {
      await sleep(200)
      isOver = true
    })
    await before

    assert.equal(isOver, false)
    await slow
  })
})
