// Transactions on PostgreSQL: what is sent, what is retried, and what a transaction may no longer do.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { StoreError, type Transaction } from '../contract.ts'
import { openConnection } from './connection.ts'
import { loadDriver } from './driver.ts'
import { postgresLimits } from '../../base/limits.ts'
import { OpenTransaction } from './transaction.ts'
import {
  addOne,
  counter,
  engineForTests,
  failureOfCall,
  insertCounter,
  readCounter,
  run,
  setCounter,
  sleep,
  statement,
  type TestEngine,
} from './test_engine.ts'
import { startProxy } from './test_proxy.ts'

const opened = await engineForTests()
const locked = { name: 'test', isolation: 'locked' } as const
const serializable = { name: 'test', isolation: 'serializable' } as const

describe('write transactions on PostgreSQL', { skip: 'skip' in opened ? opened.skip : false }, () => {
  const { engine, url, open, close } = opened as TestEngine // skipped otherwise
  after(() => close())

  it('sends a transaction of one statement in two packets: begin with the statement, and commit', async () => {
    const proxy = await startProxy(url)
    const near = await open({ url: proxy.url })
    await run(near, insertCounter, [1, 0])
    proxy.sent.length = 0

    await run(near, addOne, [1])

    assert.equal(proxy.sent.length, 2)
    assert.match(String(proxy.sent[0]), /begin_locked\0.*\0p\d/s)
    assert.match(String(proxy.sent[1]), /commit/)
    proxy.close()
  })

  it('cannot write when BEGIN failed, because only BEGIN makes the session writable', async () => {
    const driver = await loadDriver(url, postgresLimits)
    const connection = await openConnection(driver, 'lent')
    const broken = new OpenTransaction(connection, {
      begin: 'begin isolation level none',
      roles: undefined,
      explain: (error) => error,
    })

    assert.equal(await failureOfCall(broken.all(insertCounter, [10, 0])), 'broken')
    await broken.rollback()
    assert.equal(await counter(engine, 10), undefined)

    // Control: on a session that is writable by itself, the same statement stays.
    await connection.command('set default_transaction_read_only = off')
    const careless = new OpenTransaction(connection, {
      begin: 'begin isolation level none',
      roles: undefined,
      explain: (error) => error,
    })
    await failureOfCall(careless.all(insertCounter, [10, 0]))
    await careless.rollback()
    assert.equal(await counter(engine, 10), 0)
    await connection.end()
  })

  it('does not run a statement whose BEGIN, kept by the server, failed', async () => {
    const connection = await openConnection(await loadDriver(url, postgresLimits), 'lent')
    await connection.command('set default_transaction_read_only = off')
    const begin = { name: 'begin_none', text: 'begin isolation level none', values: [] }
    const broken = new OpenTransaction(connection, { begin, roles: undefined, explain: (error) => error })

    assert.equal(await failureOfCall(broken.all(insertCounter, [11, 0])), 'broken')
    await broken.rollback()
    assert.equal(await counter(engine, 11), undefined)
    await connection.end()
  })

  it('retries serialization failures until every increment counts', async () => {
    await run(engine, insertCounter, [20, 0])
    let attempts = 0
    const twoRead = Promise.withResolvers<void>()
    const increment = async (tx: Transaction): Promise<void> => {
      const rows = await tx.all(readCounter, [20])
      // Nobody writes before two have read the same: one of them must fail.
      if (++attempts === 2) twoRead.resolve()
      await twoRead.promise
      await tx.all(setCounter, [20, Number(rows[0]?.[0]) + 1])
    }

    const patient = await open({ limits: { retries: 100 } })
    await Promise.all(Array.from({ length: 8 }, () => patient.write(serializable, increment)))

    assert.equal(await counter(engine, 20), 8)
    assert.ok(attempts > 8, 'control: without a retry some increments would have failed')
  })

  it('gives up with serialization when every attempt met another writer', async () => {
    await run(engine, insertCounter, [30, 0])
    let attempts = 0
    const meetAnother = async (tx: Transaction): Promise<void> => {
      attempts++
      await tx.all(readCounter, [30])
      await run(otherEngine, addOne, [30])
      await tx.all(addOne, [30])
    }
    const otherEngine = await open()
    const impatient = await open({ limits: { retries: 2 } })

    assert.equal(await failureOfCall(impatient.write(serializable, meetAnother)), 'serialization')
    assert.equal(attempts, 3)
    assert.equal(await counter(engine, 30), 3)
  })

  it('retries also when the work caught the failure and went on', async () => {
    await run(engine, insertCounter, [40, 0])
    const other = await open()
    let attempts = 0

    const answer = await engine.write(serializable, async (tx) => {
      attempts++
      await tx.all(readCounter, [40])
      if (attempts === 1) await run(other, addOne, [40])
      return tx
        .savepoint(async () => tx.all(addOne, [40]))
        .then(
          () => 'written',
          () => 'caught',
        )
    })

    assert.deepEqual([answer, attempts, await counter(engine, 40)], ['written', 2, 2])
  })

  it('begins again when the work itself says that another came first', async () => {
    await run(engine, insertCounter, [45, 0])
    let attempts = 0

    const answer = await engine.write(locked, async (tx) => {
      await tx.all(addOne, [45])
      if (++attempts === 1) throw new StoreError('serialization', 'another came first')
      return 'written'
    })

    assert.deepEqual([answer, attempts, await counter(engine, 45)], ['written', 2, 1])
  })

  it('retries the victim of a deadlock', async () => {
    await run(engine, insertCounter, [50, 0])
    await run(engine, insertCounter, [51, 0])
    const both = (first: number, second: number) =>
      engine.write(locked, async (tx) => {
        await tx.all(addOne, [first])
        await new Promise((resolve) => setTimeout(resolve, 50))
        await tx.all(addOne, [second])
      })

    await Promise.all([both(50, 51), both(51, 50)])

    assert.deepEqual([await counter(engine, 50), await counter(engine, 51)], [2, 2])
  })

  it('refuses to commit while a statement is not awaited, and undoes it', async () => {
    const careless = engine.write(locked, async (tx) => {
      void tx.all(insertCounter, [60, 0])
    })

    assert.equal(await failureOfCall(careless), 'spoiled')
    assert.equal(await counter(engine, 60), undefined)
  })

  it('is spoiled by a failed statement, whoever caught its error', async () => {
    await run(engine, insertCounter, [70, 0])
    const insertAgain = async (tx: Transaction): Promise<unknown> =>
      failureOfCall(Promise.resolve(tx.all(insertCounter, [70, 0])))
    const caught = await failureOfCall(
      engine.write(locked, async (tx) => {
        await tx.all(addOne, [70])
        await insertAgain(tx)
      }),
    )
    const wentOn = await failureOfCall(
      engine.write(locked, async (tx) => {
        await insertAgain(tx)
        await tx.all(addOne, [70])
      }),
    )

    assert.deepEqual([caught, wentOn], ['spoiled', 'spoiled'])
    assert.equal(await counter(engine, 70), 0)
  })

  it('undoes a savepoint whose work threw, and goes on', async () => {
    await engine.write(locked, async (tx) => {
      await tx.all(insertCounter, [80, 0])
      const tried = tx.savepoint(async () => {
        await tx.all(addOne, [80])
        await tx.all(insertCounter, [80, 0])
      })
      assert.equal(await failureOfCall(tried), 'unique')
      const passedOver = tx.savepoint(async () => {
        await tx.all(addOne, [80])
        await failureOfCall(Promise.resolve(tx.all(insertCounter, [80, 0])))
      })
      assert.equal(await failureOfCall(passedOver), 'spoiled')
      await tx.savepoint(async () => tx.all(addOne, [80]))
    })

    assert.equal(await counter(engine, 80), 1)
  })

  it('is sealed when it has ended', async () => {
    const kept: Transaction[] = []
    await engine.write(locked, async (tx) => void kept.push(tx))

    for (const tx of kept) await assert.rejects(async () => tx.all(insertCounter, [90, 0]), /has ended/)
    assert.equal(await counter(engine, 90), undefined)
  })

  it('refuses a write inside a write, and allows one after it', async () => {
    const inside = engine.write(locked, async () => engine.write(locked, async () => 1))
    assert.equal(await failureOfCall(inside), 'spoiled')

    const after = await engine.write(locked, async () => () => engine.write(locked, async () => 'later'))
    assert.equal(await after(), 'later')
  })

  it('rolls back and answers all the same where that is asked', async () => {
    const answer = await engine.write({ ...locked, rollback: true }, async (tx) => {
      await tx.all(insertCounter, [100, 0])
      return (await tx.all(readCounter, [100]))[0]?.[0]
    })

    assert.equal(answer, 0)
    assert.equal(await counter(engine, 100), undefined)
  })

  it('names table, constraint and columns of a violation, and looks them up once', async () => {
    await engine.script([
      'create table people (id bigint primary key, "order" text, mail text, boss bigint references people)',
      'create unique index people_key on people (mail, "order")',
    ])
    const insert = statement('insert into people values ($1, $2, $3, $4)')
    await run(engine, insert, [1, 'a', 'b', null])
    const violation = async (values: (string | number | null)[]) => {
      const error: unknown = await run(engine, insert, values).catch((thrown: unknown) => thrown)
      assert.ok(error instanceof Error && 'columns' in error && 'constraint' in error && 'table' in error)
      return [error.table, error.constraint, error.columns]
    }

    assert.deepEqual(await violation([2, 'a', 'b', null]), ['people', 'people_key', ['mail', 'order']])
    assert.deepEqual(await violation([2, 'a', 'b', null]), ['people', 'people_key', ['mail', 'order']])
    assert.deepEqual(await violation([2, 'c', 'd', 9]), ['people', 'people_boss_fkey', ['boss']])
    assert.deepEqual(await violation([1, 'c', 'd', null]), ['people', 'people_pkey', ['id']])
    assert.deepEqual(await violation([null, 'c', 'd', null]), ['people', undefined, ['id']])
  })
})

describe('deadlines of PostgreSQL transactions', { skip: 'skip' in opened ? opened.skip : false }, async () => {
  const own = await engineForTests({ limits: { poolSize: 2, acquireMs: 300 } })
  if ('skip' in own) return
  const { engine, close } = own
  after(() => close())
  const inTime = async (call: () => Promise<unknown>): Promise<[unknown, number]> => {
    const start = performance.now()
    return [await failureOfCall(call()), performance.now() - start]
  }
  const holds = (work: (tx: Transaction) => Promise<unknown>) => engine.write({ ...locked, deadlineMs: 200 }, work)

  it('ends work that waits for something else, and gives its locks back', async () => {
    await run(engine, insertCounter, [1, 0])

    const [failure, ms] = await inTime(() =>
      holds(async (tx) => {
        await tx.all(addOne, [1])
        await new Promise(() => {})
      }),
    )
    await run(engine, addOne, [1])

    assert.equal(failure, 'deadline')
    assert.ok(ms < 3_000, `${ms} ms`)
    assert.equal(await counter(engine, 1), 1)
  })

  it('ends a statement in the middle, on the server too', async () => {
    await run(engine, insertCounter, [2, 0])

    const [failure, ms] = await inTime(() =>
      holds(async (tx) => {
        await tx.all(addOne, [2])
        await tx.all(sleep, ['4'])
      }),
    )
    const [, freeAfter] = await inTime(() => run(engine, addOne, [2]))

    assert.equal(failure, 'deadline')
    assert.ok(ms < 3_000 && freeAfter < 2_000, `${ms} ms, then ${freeAfter} ms`)
    assert.equal(await counter(engine, 2), 1)
  })

  it('ends with the caller who went away', async () => {
    const gone = new AbortController()
    setTimeout(() => gone.abort(), 50)

    const call = engine.write({ ...locked, signal: gone.signal }, async (tx) => tx.all(sleep, ['4']))

    assert.equal(await failureOfCall(call), 'deadline')
    assert.equal(
      await failureOfCall(engine.write({ ...locked, signal: AbortSignal.abort() }, async () => 1)),
      'deadline',
    )
  })

  it('answers unavailable when no connection is free in time, and heals at once', async () => {
    const hold = (): Promise<unknown> => engine.write(locked, async (tx) => tx.all(sleep, ['2']))
    const holders = [hold(), hold()]
    await new Promise((resolve) => setTimeout(resolve, 50))

    const [failure, ms] = await inTime(() => run(engine, addOne, [1]))
    await Promise.all(holders)
    const [, healed] = await inTime(() => run(engine, addOne, [1]))

    assert.equal(failure, 'unavailable')
    assert.ok(ms >= 290 && ms < 1_600, `${ms} ms`)
    assert.ok(healed < 1_600, `${healed} ms`)
  })

  it('lets one statement take as long as its transaction may, where that is longer than a request', async () => {
    const hasty = await own.open({ limits: { statementTimeoutMs: 100, poolSize: 1 } })
    const nap = (deadlineMs?: number): Promise<unknown> =>
      failureOfCall(hasty.write({ ...locked, ...(deadlineMs && { deadlineMs }) }, async (tx) => tx.all(sleep, ['0.6'])))

    assert.deepEqual(await nap(5_000), { answer: [['']] })
    assert.equal(await nap(), 'deadline') // control: and the longer timeout ends with its transaction
  })

  it('answers busy when too many wait already', async () => {
    const full = await own.open({ limits: { poolSize: 1, readers: 1, waiting: 1 } })
    const calls = (call: () => Promise<unknown>): Promise<unknown[]> =>
      Promise.all([1, 2, 3].map(() => failureOfCall(call())))

    const done = { answer: [['']] }
    const write = (): Promise<unknown> => run(full, sleep, ['0.02'])
    assert.deepEqual(await calls(write), [done, 'busy', 'busy'])
    assert.deepEqual(await calls(async () => full.query(sleep, ['0.02'])), [done, 'busy', 'busy'])
  })

  it('returns its connection whatever the work did', async () => {
    const endings: ((tx: Transaction) => Promise<unknown>)[] = [
      async () => 1,
      async () => Promise.reject(new Error('of the work')),
      async (tx) => tx.all(statement('select nonsense'), []),
      async (tx) => void tx.all(addOne, [1]),
      async (tx) => tx.savepoint(async () => Promise.reject(new Error('in a savepoint'))),
      async (tx) => Promise.all([tx.all(statement('select 1/0'), []), tx.all(addOne, [1])]),
      async () => new Promise(() => {}),
      async (tx) => tx.all(sleep, ['1']),
      () => {
        throw new Error('at once')
      },
    ]
    for (const ending of endings) await failureOfCall(holds(ending))

    const [answer] = await inTime(() => Promise.all([run(engine, addOne, [1]), run(engine, addOne, [1])]))

    assert.deepEqual(answer, { answer: [[], []] })
  })
})
