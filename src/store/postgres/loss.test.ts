// Lost connections: what is done again, what is answered 503, and that nothing hangs or is done twice.
import assert from 'node:assert/strict'
import { after, afterEach, describe, it } from 'node:test'
import type { PostgresLimits } from './driver.ts'
import { openPostgres } from './index.ts'
import {
  addOne,
  counter,
  engineForTests,
  failureOfCall,
  insertCounter,
  readCounter,
  run,
  sleep,
  statement,
  type TestEngine,
} from './test_engine.ts'
import { startProxy } from './test_proxy.ts'

const opened = await engineForTests()
const skip = 'skip' in opened ? opened.skip : false
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const until = async (holds: () => boolean): Promise<void> => {
  for (let looks = 0; looks < 500 && !holds(); looks++) await pause(10)
}
const locked = { name: 'test', isolation: 'locked' } as const

describe('lost connections of PostgreSQL', { skip }, () => {
  const { engine, url, open, close } = opened as TestEngine // skipped otherwise
  const proxies: { close(): void }[] = []
  afterEach(() => proxies.splice(0).forEach((proxy) => proxy.close()))
  after(() => close())

  const behindProxy = async (limits: Partial<PostgresLimits> = {}) => {
    const proxy = await startProxy(url)
    proxies.push(proxy)
    return { proxy, far: await open({ url: proxy.url, limits }) }
  }
  const timed = async (call: Promise<unknown>): Promise<[unknown, number]> => {
    const start = performance.now()
    return [await failureOfCall(call), performance.now() - start]
  }
  const terminateOthers = statement(
    `select count(pg_terminate_backend(pid)) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
    ['int'],
  )

  it('answers every read and counts every write once while all sessions are terminated again and again', async () => {
    await run(engine, insertCounter, [1, 0])
    const worked = await open()
    const load = { isOn: true, acknowledged: 0, unknown: 0 }
    const reads = Array.from({ length: 8 }, () => 0)
    const reading = async (reader: number): Promise<void> => {
      while (load.isOn) {
        await worked.query(readCounter, [1])
        reads[reader]!++
      }
    }
    const writing = async (): Promise<void> => {
      while (load.isOn) {
        const outcome = await failureOfCall(run(worked, addOne, [1]))
        if (outcome === 'unavailable') continue // nothing was done: it may not be counted
        if (outcome !== 'unknown') assert.deepEqual(outcome, { answer: [] })
        load[outcome === 'unknown' ? 'unknown' : 'acknowledged']++
      }
    }
    const terminating = async (): Promise<void> => {
      for (let round = 0; round < 10; round++) {
        const { acknowledged } = load
        const before = [...reads]
        // Every reader goes on first: a read is asked once more, so one that is cut twice may fail.
        await until(() => reads.every((count, at) => count > before[at]! + 2) && load.acknowledged > acknowledged)
        await engine.query(terminateOthers, [])
      }
      load.isOn = false
    }

    const working = reads.flatMap((_none, at) => [reading(at), writing()])
    const ended = await Promise.allSettled([terminating(), ...working])

    assert.deepEqual(
      ended.filter(({ status }) => status === 'rejected'),
      [],
    )
    const { acknowledged, unknown } = load
    const counted = Number(await counter(engine, 1))
    assert.ok(
      counted >= acknowledged && counted <= acknowledged + unknown,
      `${acknowledged} ≤ ${counted}, ${unknown} unknown`,
    )
    assert.ok(acknowledged >= 10, 'control: writes went on between the cuts')
  })

  it('replaces idle connections that were cut without anybody noticing', async () => {
    const { proxy, far } = await behindProxy()
    await run(far, insertCounter, [2, 0])
    await counter(far, 2)

    proxy.cutAll()
    await pause(20)

    assert.equal(await counter(far, 2), 0)
    await run(far, addOne, [2])
    proxy.cutAll()
    const seen = await far.snapshot(async (session) => session.all(readCounter, [2]))
    assert.deepEqual(seen, [[1]])
  })

  it('does not do a transaction again whose COMMIT was lost', async () => {
    const { proxy, far } = await behindProxy()
    await run(far, insertCounter, [3, 0])
    let tries = 0
    const write = () =>
      far.write(locked, async (tx) => {
        tries++
        return tx.all(addOne, [3])
      })

    proxy.cutWhen = (packet) => packet.includes('commit\0')
    assert.equal(await failureOfCall(write()), 'unknown')
    assert.equal(tries, 1)

    // Control: cut before COMMIT was sent, the same transaction is done again.
    proxy.cutWhen = (packet) => tries === 2 && packet.includes('begin')
    tries = 1
    await write()
    assert.equal(tries, 3)
    assert.equal(await counter(engine, 3), 1)
  })

  it('answers unavailable in time when the way to the server is silent, and heals within a second', async () => {
    const short = { statementTimeoutMs: 300, connectMs: 300, transactionDeadlineMs: 300, acquireMs: 300 }
    const { proxy, far } = await behindProxy(short)
    await run(far, insertCounter, [4, 0])

    proxy.mode = 'hold'
    const silent = await Promise.all([timed(counter(far, 4)), timed(run(far, addOne, [4])), timed(far.ping())])
    const later = await Promise.all([timed(counter(far, 4)), timed(run(far, addOne, [4]))])
    proxy.mode = 'pass'
    proxy.cutAll()
    const start = performance.now()
    while ((await failureOfCall(run(far, addOne, [4]))) === 'unavailable') await pause(10)
    const healed = performance.now() - start

    for (const [failure, ms] of [...silent, ...later]) {
      assert.match(String(failure), /unavailable|deadline/)
      assert.ok(ms < 5_000, `${ms} ms`)
    }
    assert.ok(healed < 5_000, `${healed} ms`)
    assert.equal(await counter(far, 4), 1)
  })

  it('answers unavailable at once when nobody listens, without the password', async () => {
    const { proxy, far } = await behindProxy()
    await counter(far, 4)

    proxy.mode = 'cut'
    proxy.cutAll()
    await pause(20)
    const [[read], [write], [ping]] = await Promise.all([
      timed(counter(far, 4)),
      timed(run(far, addOne, [4])),
      timed(far.ping()),
    ])
    proxy.mode = 'pass'

    assert.deepEqual([read, write, ping], ['unavailable', 'unavailable', 'unavailable'])
    assert.equal(await counter(far, 4), 1)
    const refused: unknown = await openPostgres({ url: 'postgres://app:hush@127.0.0.1:1/app' }).catch(
      (error: unknown) => error,
    )
    assert.match(String(refused), /127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/)
    for (const wrong of ['postgres://app:hush@127.0.0.1:1/app', 'postgres://app:hush@[::/app']) {
      const error: unknown = await openPostgres({ url: wrong }).catch((thrown: unknown) => thrown)
      assert.ok(
        error instanceof Error && !`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`.includes('hush'),
      )
    }
  })

  it('gives up connecting to a server that takes the call and says nothing', async () => {
    const proxy = await startProxy(url)
    proxies.push(proxy)
    proxy.mode = 'hold'

    const [failure, ms] = await timed(openPostgres({ url: proxy.url, limits: { connectMs: 200 } }))

    assert.equal(failure, 'unavailable')
    assert.ok(ms < 1_800, `${ms} ms`)
  })

  it('makes do with the connections that are there where no more are to be had', async () => {
    const { proxy, far } = await behindProxy()
    await run(far, insertCounter, [6, 0])
    proxy.mode = 'full'

    const outcomes = await Promise.all(Array.from({ length: 20 }, () => failureOfCall(run(far, addOne, [6]))))

    assert.deepEqual(new Set(outcomes.map((outcome) => JSON.stringify(outcome))), new Set(['{"answer":[]}']))
    assert.equal(await counter(far, 6), 20)
  })

  it('closes in bounded time though the way to the server is silent', async () => {
    const { proxy, far } = await behindProxy({ connectMs: 200, transactionDeadlineMs: 300 })
    await run(far, insertCounter, [5, 0])
    const unanswered = failureOfCall(run(far, addOne, [5]).finally(() => {}))
    proxy.mode = 'hold'

    const [, ms] = await timed(far.close())

    assert.ok(ms < 5_000, `${ms} ms`)
    await unanswered
    assert.equal(await failureOfCall(far.ping()), 'unavailable')
  })

  it('does not let one slow read keep the others waiting', async () => {
    const busy = await open({ limits: { readers: 2 } })
    await Promise.all([1, 2].map(async () => busy.query(readCounter, [1]))) // both are connected
    const slow = [1, 2].map(async () => busy.query(sleep, ['3']))
    await pause(500) // by then both are known to be slow

    const [answer, ms] = await timed(Promise.resolve(busy.query(readCounter, [1])))

    assert.ok(typeof answer === 'object' && ms < 2_000, `${ms} ms`)
    await Promise.all(slow)
  })
})
