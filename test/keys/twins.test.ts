// Twins that run at once: one has its effect, the others are told so without waiting, whichever process they reach.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine, Transaction } from '../../src/store/contract.ts'
import { openPostgres } from '../../src/store/postgres/index.ts'
import { postgresForTests } from '../postgres.ts'
import { withFault } from '../faults/engine_fault.ts'
import { type Ask, type Said, serveOn } from '../surface/test_server.ts'
import keys, { gates } from './app.ts'
import { dropUnique, looksOnly, waitsForRows } from './faults.ts'
import { asAnn, asStaff, assertReplay, onEachEngine, type Scene, sceneOf } from './scene.ts'

const TWINS = 64

const statusesOf = (said: readonly Said[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { status } of said) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Each reply is the answer, first or again, or "still at work, ask later". */
function assertTwins(said: readonly Said[], status: number): void {
  const first = said.filter((one) => one.status === status && one.headers['idempotent-replayed'] === undefined)
  assert.equal(first.length, 1, JSON.stringify(statusesOf(said)))
  for (const one of said) {
    if (one === first[0]) continue
    if (one.headers['idempotent-replayed'] === 'true') assertReplay(one, first[0]!)
    else assert.deepEqual([one.status, one.headers['retry-after']], [409, '1'], one.text)
  }
}

await onEachEngine('twins in one process', ({ ask, product, stockOf, surface }: Scene) => {
  test('while one is at work, its twins are told so; then they get its answer', async () => {
    const id = await product(9)
    const gate = Promise.withResolvers<void>()
    const name = `g-${id}`
    gates.set(name, gate.promise)
    const slow: Ask = { url: '/api/v1/sales/slow', as: asAnn, body: { gate: name, product: id } }

    const first = ask('slow', slow)
    // On a busy machine some find no connection in time: nothing was done, and a client asks again.
    const patiently = async (): Promise<Said> => {
      const said = await ask('slow', slow)
      return said.status === 503 ? patiently() : said
    }
    const early = await Promise.all(Array.from({ length: TWINS - 1 }, patiently))
    const other = await ask('slow', { ...slow, body: { gate: 'none', product: id } })
    gate.resolve()
    const told = await first
    const again = await ask('slow', slow)

    assert.deepEqual(statusesOf(early), { 409: TWINS - 1 })
    assert.ok(early.every(({ headers }) => headers['retry-after'] === '1'))
    assert.equal(other.status, 409, 'which body counts is not known yet')
    assert.equal(told.status, 200)
    assertReplay(again, told)
    assert.equal(await stockOf(id), 8)
  })

  for (const [what, url, status] of [
    ['a locked action', '/api/v1/sales', 201],
    ['a serializable one', '/api/v1/sales/read-and-sell', 200],
    ['a batch', '/api/v1/batch', 200],
  ] as const) {
    test(`${TWINS} twins of ${what} have one effect`, async () => {
      const id = await product(99)
      const body = { product: id, quantity: 1 }
      const operations = [{ method: 'POST', path: '/api/v1/sales', body }]
      const asked: Ask = { url, as: asAnn, body: url.endsWith('batch') ? { operations } : body }

      const said = await Promise.all(Array.from({ length: TWINS }, () => ask(what.replaceAll(' ', '-'), asked)))

      assertTwins(said, status)
      assert.equal(await stockOf(id), 98)
    })
  }

  test('a call that fails leaves its key free', async () => {
    const id = await product(9)
    const sale = await surface.ask({ url: '/api/v1/sales', body: { product: id, quantity: 1 } })
    const stumble: Ask = { method: 'POST', url: `/api/v1/sales/${String(sale.json['id'])}/stumble`, as: asAnn }

    const said = [await ask('fails', stumble), await ask('fails', stumble)]

    assert.deepEqual(statusesOf(said), { 500: 2 })
  })
})

// ---- several processes

const database = await postgresForTests(keys)

describe('twins in several processes', 'skip' in database ? database : {}, () => {
  if ('skip' in database) return
  after(() => database.drop())

  /** Another server on the database, with a fault or a gate in its engine. */
  const serve = async (over: (engine: Engine) => Engine = (engine) => engine): Promise<Scene> => {
    const engine = await openPostgres({ url: database.url })
    return sceneOf(
      await serveOn(keys, { name: 'postgres', engine: over(engine), seed: Math.trunc(Math.random() * 1e9) }),
    )
  }
  const closing = async (scenes: readonly Scene[], run: () => Promise<void>): Promise<void> => {
    try {
      await run()
    } finally {
      for (const { surface } of scenes) await surface.close()
    }
  }

  for (const url of ['/api/v1/sales', '/api/v1/sales/read-and-sell']) {
    test(`while one process is at ${url}, a twin in another is told so at once`, async () => {
      const gate = Promise.withResolvers<void>()
      const [one, two] = [await serve(pausing('update "products"', gate.promise)), await serve()]
      await closing([one, two], async () => {
        const id = await two.product(9)
        const buy: Ask = { url, as: asAnn, body: { product: id, quantity: 1 } }

        const first = one.ask('held', buy)
        await sleep(100)
        const started = performance.now()
        const twins = await Promise.all(Array.from({ length: TWINS }, () => two.ask('held', buy)))
        const waitedMs = performance.now() - started
        gate.resolve()
        const told = await first
        const again = await two.ask('held', buy)

        assert.ok(twins.every(({ status, headers }) => status === 409 && headers['retry-after'] === '1'))
        assert.ok(waitedMs < 1_500, `they waited ${waitedMs} ms`)
        assertReplay(again, told)
        assert.equal(await two.stockOf(id), 8)
      })
    })
  }

  test('control: without the lock a twin waits for the row, and holds its connection until then', async () => {
    const gate = Promise.withResolvers<void>()
    const [one, two] = [await serve(pausing('commit', gate.promise)), await serve(waitsForRows)]
    await closing([one, two], async () => {
      const id = await two.product(9)
      const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 1 } }

      const first = one.ask('waits', buy)
      await sleep(100)
      const state = { isAnswered: false }
      const twin = two.ask('waits', buy).finally(() => (state.isAnswered = true))
      await sleep(200)
      const answeredEarly = state.isAnswered
      gate.resolve()

      assert.equal(answeredEarly, false)
      assertReplay(await twin, await first)
    })
  })

  for (const [url, status] of [
    ['/api/v1/books', 201],
    ['/api/v1/books/jot', 200],
  ] as const) {
    test(`a twin that was committed first counts: the work at ${url} is undone, its answer told`, async () => {
      const two = await serve()
      const title = `told once by ${url}`
      const make: Ask = { url, as: asAnn, body: { title } }
      const twin: { said: Said | undefined } = { said: undefined }
      const one = await serve((engine) =>
        before(waitsForRows(engine), 'insert into "plinth_answers"', async () => {
          twin.said ??= await two.ask('first', make)
        }),
      )
      await closing([one, two], async () => {
        const said = await one.ask('first', make)
        const books = await two.surface.ask({ url: `/api/v1/books?title=${encodeURIComponent(title)}`, as: asAnn })

        assert.equal(twin.said?.status, status)
        assertReplay(said, twin.said)
        assert.equal(books.json.data.length, 1)
      })
    })
  }

  test('a twin that comes between a refusal and its memory decides for both', async () => {
    const two = await serve()
    const id = await two.product(1)
    const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 5 } }
    const twin: { said: Said | undefined } = { said: undefined }
    const one = await serve((engine) =>
      beforeWrite(engine, 'sales.create refused', async () => {
        await two.surface.ask({ method: 'PATCH', url: `/api/v1/products/${id}`, as: asStaff, body: { stock: 9 } })
        twin.said = await two.ask('between', buy)
      }),
    )
    await closing([one, two], async () => {
      const said = await one.ask('between', buy)

      assert.equal(twin.said?.status, 201)
      assertReplay(said, twin.said)
      assert.equal(await two.stockOf(id), 4)
    })
  })

  test('control: where twins only look, without lock and unique key, the work is done more than once', async () => {
    const scenes = [await serve(looksOnly), await serve(looksOnly), await serve(looksOnly)]
    const [one] = scenes
    await closing(scenes, async () => {
      await one!.surface.server.house.house.engine.script([dropUnique])
      const id = await one!.product(99)
      const buy: Ask = { url: '/api/v1/sales', as: asAnn, body: { product: id, quantity: 1 } }

      const rounds = Array.from({ length: 10 }, (_, round) => scenes.map(({ ask }) => ask(`looks-${round}`, buy)))
      for (const round of rounds) await Promise.all(round)

      const effects = 99 - (await one!.stockOf(id))
      assert.ok(effects > rounds.length, `${effects} effects of ${rounds.length} keys`)
    })
  })
})

/** Does something before each statement that begins so. */
const before = (engine: Engine, start: string, work: () => Promise<void>): Engine =>
  withFault(engine, (tx: Transaction) => ({
    all: async (statement, values, as) => {
      if (statement.text.startsWith(start)) await work()
      return tx.all(statement, values, as)
    },
  }))

/** Waits before each statement that begins so, or before COMMIT. */
const pausing =
  (start: string, gate: Promise<void>) =>
  (engine: Engine): Engine =>
    start === 'commit'
      ? {
          ...engine,
          write: (options, work) =>
            engine.write(options, async (tx) => {
              const done = await work(tx)
              await gate
              return done
            }),
        }
      : before(engine, start, () => gate)

/** Does something before each transaction of that name. */
const beforeWrite = (engine: Engine, name: string, work: () => Promise<void>): Engine => ({
  ...engine,
  write: async (options, inside) => {
    if (options.name === name) await work()
    return engine.write(options, inside)
  },
})
