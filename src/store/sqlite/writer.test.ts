// The one writer: order, bounds, deadlines, and transactions that wait for something else than the database.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import test, { describe } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { failure, insert, INSERT, numbers, openFor } from './test_store.ts'

const named = (name: string) => ({ name, isolation: 'locked' }) as const

describe('a transaction that waits for something else than the database', () => {
  test('is undone in development, and the error names the operation', async (t) => {
    const heard: string[] = []
    const engine = await openFor(t, { onForeignAwait: (name) => heard.push(name) })

    const work = engine.write(named('orders.pay'), async (tx) => {
      await tx.all(INSERT, [1])
      await sleep(5)
      await tx.all(INSERT, [2])
    })

    await assert.rejects(work, /orders\.pay.*something else than the database/)
    assert.deepEqual(heard, ['orders.pay'])
    await insert(engine, 3)
    await sleep(10) // the statement after its sleep is refused and reaches nobody
    assert.deepEqual(await numbers(engine), [3])
  })

  test('goes on in production and is counted', async (t) => {
    const engine = await openFor(t, { foreignAwait: 'warn' })

    await engine.write(named('orders.pay'), async (tx) => {
      await sleep(5)
      await tx.all(INSERT, [1])
    })

    assert.equal(engine.figures().foreignAwaits, 1)
    assert.deepEqual(await numbers(engine), [1])
  })

  test('control: any number of verbs and awaits of the microtask queue is no foreign wait', async (t) => {
    const engine = await openFor(t, { onForeignAwait: (name) => assert.fail(name) })

    await engine.write(named('busy'), async (tx) => {
      for (let n = 0; n < 500; n++) {
        await tx.savepoint(async () => {
          await tx.all(INSERT, [n])
          await Promise.all([Promise.resolve(), Promise.resolve()])
        })
      }
    })

    assert.equal((await numbers(engine)).length, 500)
    assert.equal(engine.figures().foreignAwaits, 0)
  })

  test('is undone at its deadline in production, and the next one goes on', async (t) => {
    const engine = await openFor(t, { foreignAwait: 'warn' })

    const stuck = engine.write({ ...named('stuck'), deadlineMs: 30 }, async (tx) => {
      await tx.all(INSERT, [1])
      await new Promise(() => {})
    })
    const next = insert(engine, 2)

    await assert.rejects(stuck, failure('deadline'))
    await next
    assert.deepEqual(await numbers(engine), [2])
  })

  test('is undone when its caller gives up', async (t) => {
    const engine = await openFor(t, { foreignAwait: 'warn' })
    const caller = new AbortController()

    const work = engine.write({ ...named('stuck'), signal: caller.signal }, async (tx) => {
      await tx.all(INSERT, [1])
      await new Promise(() => {})
    })
    setTimeout(() => caller.abort(), 10)

    await assert.rejects(work, failure('deadline'))
    assert.deepEqual(await numbers(engine), [])
  })
})

describe('the queue of writers', () => {
  test('is first come, first served', async (t) => {
    const engine = await openFor(t)
    const order: number[] = []
    const write = (n: number): Promise<unknown> => engine.write(named(`w${n}`), async () => order.push(n))

    await Promise.all(Array.from({ length: 200 }, (_, n) => write(n)))

    assert.deepEqual(
      order,
      Array.from({ length: 200 }, (_, n) => n),
    )
  })

  test('is bounded: one more is refused as busy, and those before it are served', async (t) => {
    const engine = await openFor(t, { limits: { writerQueue: 3 } })

    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((n) => insert(engine, n)))

    assert.deepEqual(outcomes.map(({ status }) => status[0]).join(''), 'ffffrr')
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    for (const { reason } of refused) assert.ok(failure('busy')(reason))
    assert.deepEqual(await numbers(engine), [1, 2, 3, 4])
  })

  test('lets a waiting writer go at its own deadline, without running it', async (t) => {
    const engine = await openFor(t, { foreignAwait: 'warn' })
    const slow = engine.write(named('slow'), async () => sleep(60))

    const waiting = engine.write({ ...named('waiting'), deadlineMs: 10 }, async (tx) => tx.all(INSERT, [1]))

    await assert.rejects(waiting, failure('deadline'))
    await slow
    await insert(engine, 2)
    assert.deepEqual(await numbers(engine), [2])
  })

  test('lets timers and sockets have their turn while it is long', async (t) => {
    const engine = await openFor(t)
    const turns = { count: 0, isOver: false }
    const count = (): void => {
      turns.count++
      if (!turns.isOver) setImmediate(count)
    }
    const writes = Promise.all(Array.from({ length: 320 }, () => engine.write(named('short'), async () => 1)))
    setImmediate(count)

    await writes
    turns.isOver = true

    assert.ok(turns.count >= 9, `${turns.count} turns of the event loop`)
  })

  test("keeps each writer in its own caller's context", async (t) => {
    const engine = await openFor(t)
    const context = new AsyncLocalStorage<number>()
    const write = (n: number): Promise<number | undefined> =>
      context.run(n, () => engine.write(named(`w${n}`), async () => context.getStore()))

    const seen = await Promise.all(Array.from({ length: 50 }, (_, n) => write(n)))

    assert.deepEqual(
      seen,
      Array.from({ length: 50 }, (_, n) => n),
    )
  })

  test('a savepoint that nobody awaited is not committed', async (t) => {
    const engine = await openFor(t, { foreignAwait: 'warn' })

    const work = engine.write(named('careless'), async (tx) => {
      void tx.savepoint(async () => sleep(20)).catch(() => undefined)
    })

    await assert.rejects(work, failure('spoiled'))
    await sleep(25)
    await insert(engine, 1)
    assert.deepEqual(await numbers(engine), [1])
  })

  test('savepoints that overlap spoil the transaction', async (t) => {
    const engine = await openFor(t, { foreignAwait: 'warn' })

    const work = engine.write(named('overlap'), async (tx) => {
      await Promise.allSettled([tx.savepoint(async () => sleep(5)), tx.savepoint(async () => sleep(15))])
    })

    await assert.rejects(work, failure('spoiled'))
  })
})
