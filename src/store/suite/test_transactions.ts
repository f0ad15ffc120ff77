// Engine suite: what a transaction keeps, undoes and refuses, alone and among others.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Engine, type Statement, StoreError, type StoreFailure, type Transaction } from '../contract.ts'
import { addStatement, counts, idOf, insertThing, options, selectThings, write, type EngineTest } from './test_scene.ts'

const WRONG = { text: 'insert into things ("id", "label") values (null, null)', reads: [] } as const
const ONE = { text: 'select 1', reads: ['int'] } as const

/** Registers the tests. */
export function transactionTests(test: EngineTest): void {
  outcomes(test)
  atCommit(test)
  savepoints(test)
  spoiling(test)
  ends(test)
  concurrency(test)
  deadlines(test)
  snapshots(test)
  scripts(test)
  locks(test)
}

function atCommit(test: EngineTest): void {
  const insert = ({ dialect }: Engine): Statement => ({
    text: `insert into things ("id", "count") values (${dialect.typed(1, 'uuid')}, 5)`,
    reads: [],
  })

  test('what runs with the commit is kept with it, in order, alone or after others', async (engine) => {
    await write(engine, async (tx) => tx.atCommit(insert(engine), [idOf(1)]))
    await write(engine, async (tx) => {
      await insertThing(engine, tx, { id: idOf(2), count: 3 })
      tx.atCommit(insert(engine), [idOf(3)])
      tx.atCommit({ text: 'update things set "count" = "count" + 1', reads: [] }, [])
    })

    assert.deepEqual(await counts(engine), [6, 4, 6])
  })

  test('the commit fails as what runs with it, and keeps nothing', async (engine) => {
    const work = write(engine, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1), count: 3 })
      tx.atCommit(insert(engine), [idOf(1)])
    })

    await assert.rejects(work, (error) => error instanceof StoreError && error.failure === 'unique')
    assert.deepEqual(await counts(engine), [])
    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), count: 3 })) // the connection is as good as new
  })

  test('what was to run with a commit that does not come has not run', async (engine) => {
    await engine.write({ ...options, rollback: true }, async (tx) => tx.atCommit(insert(engine), [idOf(1)]))
    await assert.rejects(
      write(engine, async (tx) => {
        tx.atCommit(insert(engine), [idOf(1)])
        throw new Error('no')
      }),
    )

    assert.deepEqual(await counts(engine), [])
  })
}

function outcomes(test: EngineTest): void {
  test('a write answers what its work answers, and its rows are there', async (engine) => {
    const answer = await write(engine, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1), count: 3 })
      return tx.all(selectThings(engine, ['count']), [])
    })

    assert.deepEqual(answer, [[3]])
    assert.deepEqual(await counts(engine), [3])
  })

  test('a throw undoes everything and comes out as it was thrown', async (engine) => {
    const thrown = new Error('no')

    const work = write(engine, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1) })
      throw thrown
    })

    await assert.rejects(work, (error) => error === thrown)
    assert.deepEqual(await counts(engine), [])
  })

  test('with rollback the answer is there and the rows are not', async (engine) => {
    const answer = await engine.write({ ...options, rollback: true }, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1), count: 4 })
      return tx.all(selectThings(engine, ['count']), [])
    })

    assert.deepEqual(answer, [[4]])
    assert.deepEqual(await counts(engine), [])
  })

  test('nobody else sees a row before the commit', async (engine) => {
    const seen = await write(engine, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1) })
      return [await tx.all(selectThings(engine, ['count']), []), await tx.savepoint(async () => counts(engine))]
    }).catch((error: unknown) => error)

    // A read that has to leave the transaction may count as foreign; what it must not do is see the row.
    if (Array.isArray(seen)) assert.deepEqual(seen, [[[7]], []])
    assert.equal((await counts(engine)).length, Array.isArray(seen) ? 1 : 0)
  })
}

function savepoints(test: EngineTest): void {
  test('a savepoint that throws undoes its own part only', async (engine) => {
    await write(engine, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1), count: 1 })
      await attempt(tx, async () => {
        await insertThing(engine, tx, { id: idOf(2), count: 2 })
        throw new Error('undo this')
      })
      await tx.savepoint(() => insertThing(engine, tx, { id: idOf(3), count: 3 }))
    })

    assert.deepEqual(await counts(engine), [1, 3])
  })

  test('savepoints inside savepoints undo what is inside them', async (engine) => {
    await write(engine, async (tx) => {
      await tx.savepoint(async () => {
        await insertThing(engine, tx, { id: idOf(1), count: 1 })
        await attempt(tx, async () => {
          await insertThing(engine, tx, { id: idOf(2), count: 2 })
          await tx.savepoint(() => insertThing(engine, tx, { id: idOf(3), count: 3 }))
          throw new Error('undo both')
        })
      })
    })

    assert.deepEqual(await counts(engine), [1])
  })
}

function spoiling(test: EngineTest): void {
  test('a failed statement spoils the transaction: later statements and the commit refuse', async (engine) => {
    const later: unknown[] = []

    const work = write(engine, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1) })
      await swallow(async () => tx.all(WRONG, []))
      await swallow(async () => tx.all(ONE, []), later)
      await swallow(() => tx.savepoint(async () => 1), later)
      return 'all is well'
    })

    await assert.rejects(work, failure('spoiled'))
    assert.deepEqual(
      later.map((error) => error instanceof StoreError && error.failure),
      ['spoiled', 'spoiled'],
    )
    assert.deepEqual(await counts(engine), [])
  })

  test('a failed statement under a savepoint spoils no more than the savepoint', async (engine) => {
    await write(engine, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1), count: 1 })
      const error = await attempt(tx, async () => tx.all(WRONG, []))
      assert.ok(failure('not_null')(error))
      await insertThing(engine, tx, { id: idOf(2), count: 2 })
    })

    assert.deepEqual(await counts(engine), [1, 2])
  })

  test('a failure passed over inside a savepoint still undoes it', async (engine) => {
    await write(engine, async (tx) => {
      const error = await attempt(tx, async () => {
        await insertThing(engine, tx, { id: idOf(1) })
        await swallow(async () => tx.all(WRONG, []))
      })
      assert.ok(failure('spoiled')(error))
      await insertThing(engine, tx, { id: idOf(2), count: 2 })
    })

    assert.deepEqual(await counts(engine), [2])
  })
}

function ends(test: EngineTest): void {
  test('a statement after the end is refused', async (engine) => {
    const kept: Transaction[] = []
    await write(engine, async (tx) => {
      kept.push(tx)
    })

    await assert.rejects(async () => kept[0]?.all(ONE, []), failure('spoiled'))
    await assert.rejects(async () => kept[0]?.savepoint(async () => 1), failure('spoiled'))
  })

  test('a write inside a write is refused at once, one after it is not', async (engine) => {
    const work = write(engine, async () => write(engine, async () => 'inside'))

    await assert.rejects(work, failure('spoiled'))
    assert.equal(await write(engine, async () => 'after'), 'after')
  })
}

function concurrency(test: EngineTest): void {
  test('fifty increments at once are fifty', async (engine) => {
    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), count: 0 }))
    const add = addStatement(engine)

    await Promise.all(Array.from({ length: 50 }, () => write(engine, async (tx) => tx.all(add, [1, idOf(1)]))))

    assert.deepEqual(await counts(engine), [50])
  })

  test('fifty read-then-write transactions at once lose nothing, and without a transaction they do', async (engine) => {
    const found = selectThings(engine, ['count'], engine.dialect.forUpdate)
    const set = { text: `update things set "count" = ${engine.dialect.typed(1, 'int')}`, reads: [] } as const
    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), count: 0 }))
    const next = async (tx: Transaction): Promise<number> => Number((await tx.all(found, []))[0]?.[0]) + 1

    await Promise.all(Array.from({ length: 50 }, () => write(engine, async (tx) => tx.all(set, [await next(tx)]))))
    assert.deepEqual(await counts(engine), [50])

    const careless = async (): Promise<void> => {
      const count = Number((await counts(engine))[0]) + 1
      await sleep(0)
      await write(engine, async (tx) => tx.all(set, [count]))
    }
    await Promise.all(Array.from({ length: 50 }, careless))
    assert.ok(Number((await counts(engine))[0]) < 100)
  })
}

function deadlines(test: EngineTest): void {
  test('a transaction that does not end is undone at its deadline, and the next one goes on', async (engine) => {
    const started = performance.now()
    const work = engine.write({ ...options, name: 'stuck', deadlineMs: 60 }, async (tx) => {
      await insertThing(engine, tx, { id: idOf(1) })
      await new Promise(() => {})
    })

    await assert.rejects(work)
    assert.ok(performance.now() - started < 2_000)
    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), count: 2 }))
    assert.deepEqual(await counts(engine), [2])
  })

  test('a caller who is gone before the beginning is refused and nothing runs', async (engine) => {
    const ran: string[] = []

    const work = engine.write({ ...options, signal: AbortSignal.abort() }, async () => ran.push('ran'))

    await assert.rejects(work, failure('deadline'))
    assert.deepEqual(ran, [])
  })
}

function snapshots(test: EngineTest): void {
  test('a snapshot sees one state while writes go on, and single reads do not', async (engine) => {
    await write(engine, (tx) => insertThing(engine, tx, { id: idOf(1), count: 0 }))
    const found = selectThings(engine, ['count'])
    const add = addStatement(engine)

    const seen = await engine.snapshot(async (session) => {
      const before = await session.all(found, [])
      await write(engine, async (tx) => tx.all(add, [1, idOf(1)]))
      return [before, await engine.query(found, []), await session.all(found, [])]
    })

    assert.deepEqual(seen, [[[0]], [[1]], [[0]]])
    assert.deepEqual(await counts(engine), [1])
  })

  test('more snapshots than connections wait for one another', async (engine) => {
    const read = async (): Promise<unknown> =>
      engine.snapshot(async (session) => {
        await sleep(1)
        return session.all(ONE, [])
      })

    const answers = await Promise.all(Array.from({ length: 30 }, read))

    assert.deepEqual(
      answers,
      Array.from({ length: 30 }, () => [[1]]),
    )
  })

  test('a snapshot cannot write, and a statement after its end is refused', async (engine) => {
    await assert.rejects(engine.snapshot((session) => insertThing(engine, session, { id: idOf(1) })))
    assert.deepEqual(await counts(engine), [])

    const session = await engine.snapshot(async (open) => open)
    await assert.rejects(async () => session.all(ONE, []), failure('spoiled'))
  })
}

function scripts(test: EngineTest): void {
  test('each statement of a script commits by itself', async (engine) => {
    const insert = (n: number): string => `insert into things ("id") values ('${idOf(n)}')`

    await assert.rejects(engine.script([insert(1), insert(1), insert(2)]), failure('unique'))

    assert.deepEqual(await counts(engine), [7])
  })

  test('a transaction that a script leaves open is undone', async (engine) => {
    await engine.script(['begin', `insert into things ("id") values ('${idOf(1)}')`]).catch(() => undefined)

    assert.deepEqual(await counts(engine), [])
    assert.equal(await write(engine, async () => 'goes on'), 'goes on')
  })
}

function locks(test: EngineTest): void {
  test('only one holds the migration lock, and its failure gives it back', async (engine) => {
    await engine.migrationLock(async () => {
      await assert.rejects(
        engine.migrationLock(async () => 'two'),
        failure('busy'),
      )
    })
    await assert.rejects(
      engine.migrationLock(async () => Promise.reject(new Error('failed'))),
      /failed/,
    )

    assert.equal(await engine.migrationLock(async () => 'one'), 'one')
  })

  test('it answers a ping', async (engine) => {
    await engine.ping()
  })
}

/** Runs work under a savepoint and answers what it threw. */
const attempt = (tx: Transaction, work: () => Promise<unknown>): Promise<unknown> =>
  tx.savepoint(work).then(
    () => undefined,
    (error: unknown) => error,
  )

async function swallow(work: () => Promise<unknown>, into: unknown[] = []): Promise<void> {
  try {
    await work()
  } catch (error) {
    into.push(error)
  }
}

const failure =
  (expected: StoreFailure) =>
  (error: unknown): boolean =>
    error instanceof StoreError && error.failure === expected
