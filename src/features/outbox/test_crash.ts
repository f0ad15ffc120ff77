// Crash suite: processes that emit and handle are killed at any moment; afterwards each event has had its effect once.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { postgresForTests } from '../../../test/postgres.ts'
import { processFlags } from '../../base/process_flags.ts'
import { seededRandom } from '../../base/random.ts'
import type { House } from '../../call/house.ts'
import type { Storage, Stored } from '../../define/field.ts'
import { app } from '../../define/index.ts'
import { modelOf } from '../../server/features.ts'
import { createStatements } from '../../store/migrate/create.ts'
import { type Proxy, startProxy } from '../../store/postgres/test_proxy.ts'
import { tablesOf } from '../../store/tables.ts'
import { brokers, type TestBroker } from './brokers/test_brokers.ts'
import { lag } from './lag.ts'
import { inTransaction, notes, posts } from './test_app.ts'
import { houseFor, openFor, parts, startAll } from './test_crash_app.ts'

export interface Crashes {
  /** In all, as far as there is time: another process takes the place of each. */
  readonly kills: number
  readonly seed: number
  /** How long what is left may take afterwards: a job that was killed three times waits for more than a minute. */
  readonly patienceMs: number
  /** Sends everything to RabbitMQ too, over a cable that is cut so often and so long. */
  readonly outages?: { readonly times: number; readonly lastMs: number }
}

type Database = { readonly url: string; readonly processes: number; readonly drop: () => Promise<void> }

type OpenDatabase = () => Promise<Database | { readonly skip: string }>

const databases = {
  'one process on SQLite': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plinth-crash-'))
    const drop = async (): Promise<void> => rmSync(folder, { recursive: true, force: true })
    return { url: `sqlite:${join(folder, 'app.db')}`, processes: 1, drop }
  },
  'three processes on PostgreSQL': async () => {
    const found = await postgresForTests()
    return 'skip' in found ? found : { ...found, processes: 3 }
  },
} satisfies Readonly<Record<string, OpenDatabase>>

/** Registers the suite, for those databases. */
export function crashSuite(crashes: Crashes, on: readonly (keyof typeof databases)[]): void {
  for (const title of on) {
    const open = databases[title]
    void test(
      `${title}, killed up to ${crashes.kills} times: every event has its effect once`,
      { timeout: 550_000 },
      async (t) => {
        const database = await open()
        if ('skip' in database) return t.skip(database.skip)
        const broker = crashes.outages === undefined ? undefined : await brokers['RabbitMQ']!()
        if (broker !== undefined && 'skip' in broker) return t.skip(broker.skip)
        try {
          await killed(t, database, crashes, broker)
        } finally {
          await broker?.drop()
          await database.drop()
        }
      },
    )
  }
}

async function killed(t: TestContext, database: Database, crashes: Crashes, broker?: TestBroker): Promise<void> {
  const name = broker?.app ?? 'crash'
  await makeTables(database.url, name)
  const proxy = broker === undefined ? undefined : await startProxy(broker.url)
  const services = proxy === undefined ? {} : { amqp: proxy.url }
  const over = { is: false }
  const cutting = proxy === undefined ? undefined : cut(proxy, crashes.outages, () => over.is)
  const kills = await killChildren(database, crashes, { name, amqp: services.amqp ?? '' })
  over.is = true
  await cutting
  const engine = await openFor(database.url)
  const house = await houseFor(engine, name, services)
  const runner = await startAll(house)
  try {
    await settled(house, crashes.patienceMs)
    const figures = await judge(house)
    if (broker !== undefined) await judgeBroker(house, broker)
    t.diagnostic(JSON.stringify({ kills, ...figures, sent: broker?.received.length }))
  } finally {
    await runner.stop()
    proxy?.close()
    await engine.close()
  }
}

async function cut(proxy: Proxy, outages: Crashes['outages'], isOver: () => boolean): Promise<void> {
  for (let n = 0; n < (outages?.times ?? 0) && !isOver(); n++) {
    await sleep(1_000)
    proxy.mode = n % 2 === 0 ? 'cut' : 'hold'
    proxy.cutAll()
    await sleep(outages?.lastMs)
    proxy.cutAll()
    proxy.mode = 'pass'
  }
}

async function makeTables(url: string, name: string): Promise<void> {
  const engine = await openFor(url)
  const catalog = tablesOf(modelOf(app(name, { posts, notes, ...parts })))
  await engine.script(createStatements(catalog, engine.dialect, engine.facts))
  const house = await houseFor(engine, name, {})
  for (let n = 0; n < 8; n++) await inTransaction(house, (tx) => tx.create(posts, { title: `Post ${n}` }))
  await engine.close()
}

/** Lets each place have one process after another, each killed at a moment of its own. */
async function killChildren(
  { url, processes }: Database,
  { kills, seed }: Crashes,
  { name, amqp }: { readonly name: string; readonly amqp: string },
): Promise<number> {
  const random = seededRandom(seed)
  const lives = { count: 0 }
  const end = performance.now() + KILLING_MS
  const place = async (): Promise<void> => {
    for (let kill = 0; kill < kills / processes && performance.now() < end; kill++) {
      const child = begin([url, name, amqp, String(++lives.count * 1_000_000 + 1)])
      await works(child)
      await sleep(random.fraction() * 400)
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  await Promise.all(Array.from({ length: processes }, place))
  return lives.count
}

/** A process of the test runner may take ten minutes, and a busy machine takes seconds to start another life. */
const KILLING_MS = 270_000

function begin(words: readonly string[]): ChildProcess {
  const file = join(import.meta.dirname, 'test_crash_child.ts')
  const flags = [...processFlags, '--disable-warning=ExperimentalWarning']
  return spawn(process.execPath, [...flags, file, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Waits until the process is in the middle of its work. */
async function works(child: ChildProcess): Promise<void> {
  const working = new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`a process of the crash test ended with ${code} by itself`)))
  })
  await working
  child.removeAllListeners('exit')
}

/** Waits until every event has its place, every relay is at the end, and no job is left. */
async function settled(house: House, patienceMs: number): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += 50) {
    const { unplaced, relays } = await lag(house)
    const [[left] = []] = await rowsOf(house, `select count(*) from plinth_jobs where "state" <> 'done'`, ['int'])
    if (unplaced.count === 0 && relays.every(({ count }) => count === 0) && left === 0) return
    await sleep(50)
  }
  const jobs = await rowsOf(house, unfinished, ['text', 'text', 'int', 'text', 'int'])
  assert.fail(`something is left: ${JSON.stringify({ lag: await lag(house), jobs })}`)
}

const unfinished =
  `select "name", "state", "attempt", coalesce("error", ''), count(*) from plinth_jobs where "state" <> 'done' ` +
  `group by "name", "state", "attempt", "error"`

const rowsOf = (house: House, text: string, reads: readonly Storage[]): Promise<readonly (readonly Stored[])[]> =>
  Promise.resolve(house.engine.query({ text, reads }, []))

const numbersOf = async (house: House, table: string): Promise<number[]> =>
  (await rowsOf(house, `select "n" from ${table} order by "n"`, ['int'])).flat().map(Number)

/** Every emission that committed has its event and its effect, once, in order; no other has any. */
async function judge(house: House): Promise<object> {
  const emitted = await numbersOf(house, 'made')
  const events = await rowsOf(house, 'select "data", "position" from plinth_events order by "position"', [
    'text',
    'int',
  ])
  const told = events.map(([data]) => Number(/-?\d+/.exec(String(data))?.[0])).toSorted((a, b) => a - b)
  assert.ok(emitted.length > 0 && emitted.every((n) => n > 0), 'nothing of what was rolled back is there')
  assert.deepEqual(told, emitted)
  assert.deepEqual(
    events.map(([, position]) => position),
    events.map((_, at) => at + 1),
  )
  assert.deepEqual(await numbersOf(house, 'done'), emitted)
  const turned = await rowsOf(house, 'select "n" from done where "before" <> "number" - 1', ['int'])
  assert.deepEqual(turned, [], 'each row was told in its order')
  const tries = await rowsOf(house, `select sum("attempt"), count(*) from plinth_jobs`, ['int', 'int'])
  // The control did the same work outside of the transaction that ends its job: what was killed between is doubled.
  const control = await numbersOf(house, 'apart')
  assert.ok(control.length > new Set(control).size, 'the control has doubled effects')
  return {
    events: emitted.length,
    tries: tries[0]?.[0],
    jobs: tries[0]?.[1],
    doubledByControl: control.length - emitted.length,
  }
}

async function judgeBroker(house: House, { received }: TestBroker): Promise<void> {
  const ids = (await rowsOf(house, 'select "id" from plinth_events', ['uuid'])).flat().map(String)
  const missing = (): number => ids.length - new Set(received.map(({ id }) => id)).size
  for (let waited = 0; missing() > 0 && waited < 60_000; waited += 50) await sleep(50)
  const first = new Map(received.toReversed().map((one) => [one.id, one]))
  assert.deepEqual([...first.keys()].toSorted(), ids.toSorted())
  const last = new Map<unknown, number>()
  const seen = new Set<string>()
  for (const { id, body } of received) {
    if (seen.has(id)) continue
    seen.add(id)
    assert.equal(Number(body['sequence']), (last.get(body['subject']) ?? 0) + 1)
    last.set(body['subject'], Number(body['sequence']))
  }
}
