// The trial of the full disk: filled and freed again and again under load, it costs refusals and nothing else.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError, type Statement } from '../../src/store/contract.ts'
import { openSqlite } from '../../src/store/sqlite/index.ts'
import { cleanUp } from './clean_up.ts'
import { judge } from './history.ts'
import { Connection, Load, type Answer } from './lanes.ts'
import { readOverHttp } from './read_rows.ts'
import { startServer } from './server.ts'
import type { SmallDisk } from './small_disk.ts'

const LANES = 8
/** Lanes rest often: the disk is to be filled by its ballast, not by them. */
const REST = { every: 20, ms: 10 }
const REQUESTS = 100_000
/** The database takes what is left of its last page first; and once there is room it writes at once. */
const LONGEST_WAIT_MS = 5_000

/** Fills and frees the disk of a server under load. Writes are refused with 507 meanwhile, reads go on. */
export async function survivesFullDisk(t: TestContext, disk: SmallDisk, rounds: number): Promise<void> {
  const file = join(disk.directory, 'app.db')
  const server = startServer(t, { file })
  const origin = await server.up
  const load = new Load({ origin, seed: rounds, requests: REQUESTS, prefix: 'f', rest: REST })
  const running = load.run(LANES)
  const connection = new Connection(origin)
  const refusals = { count: 0 }
  for (let round = 0; round < rounds; round++) {
    disk.fill()
    const refused = await until(() => write(connection), 507)
    assert.equal(refused?.body['code'], 'storage_full')
    await goOn(load)
    assert.equal((await connection.ask({ method: 'GET', path: '/api/v1/notes?limit=5' }))?.status, 200)
    assert.equal((await connection.ask({ method: 'GET', path: '/ready' }))?.status, 200)
    disk.free()
    await until(() => write(connection), 201)
    await goOn(load)
  }
  connection.close()
  server.process.kill('SIGKILL')
  await running

  for (const { answer } of load.steps) {
    if (answer?.status === 507) refusals.count++
    else if (answer !== undefined) assert.ok(answer.status < 500, `a request was answered ${answer.status}`)
  }
  t.diagnostic(`${rounds} rounds, ${load.steps.length} requests, ${refusals.count} of them refused`)
  const told = new Set(load.steps.filter(({ answer }) => answer !== undefined).map(({ number }) => number))
  const rows = await readOverHttp(await startServer(t, { file }).up)
  const ours = { ...rows, notes: rows.notes.filter(({ code }) => !code.startsWith(PROBE)) }
  assert.deepEqual(judge(load.steps, { isTold: (step) => told.has(step) }, ours), [])
}

const PROBE = 'probe-'
/** Requests of the load in each half of a round. */
const STEPS = 16

async function goOn({ steps }: Load): Promise<void> {
  for (const wanted = steps.length + STEPS; steps.length < wanted;) await sleep(2)
}

function write(connection: Connection): Promise<Answer> {
  const code = `${PROBE}${process.hrtime.bigint()}`
  return connection.ask({ method: 'POST', path: '/api/v1/notes', body: { code, revision: 1, body: 'x'.repeat(3_000) } })
}

/** Asks until the status comes. Fails when it does not come in time. */
async function until(ask: () => Promise<Answer>, status: number): Promise<Answer> {
  const statuses = new Set<number | undefined>()
  for (const end = performance.now() + LONGEST_WAIT_MS; performance.now() < end; await sleep(2)) {
    const answer = await ask()
    if (answer?.status === status) return answer
    statuses.add(answer?.status)
  }
  throw new Error(`no ${status} came, but ${[...statuses].join(', ')}`)
}

/** Fills the disk with the log of one row, while a snapshot keeps the log; says how many of the next writes succeed. */
export async function reusesItsLog(t: TestContext, disk: SmallDisk, tried: number): Promise<number> {
  const file = join(disk.directory, 'app.db')
  const first = await openSqlite({ file })
  const filled = `set body = hex(randomblob(${BODY_CHARS}))`
  await first.script(['create table t (body text not null) strict', "insert into t values ('')", `update t ${filled}`])
  await first.close() // the database file has its pages, and more: copying the log takes no room there
  const engine = await openSqlite({ file })
  cleanUp(t, () => engine.close())
  await engine.script(["update t set body = ''"])
  const state = { written: 0 }
  // Of other letters each time: SQLite leaves a page alone that would not change.
  const body = (): string => `${state.written++ % 10}`.repeat(BODY_CHARS)
  const isWritten = (): Promise<boolean> =>
    engine
      .write({ name: 'write', isolation: 'locked' }, async (tx) => tx.all(REWRITE, [body()]))
      .then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof StoreError && error.failure === 'full', String(error))
          return false
        },
      )
  await engine.snapshot(async (session) => {
    await session.all(LOOK, [])
    while (await isWritten());
  })
  let done = 0
  for (let tries = 0; tries < tried; tries++) {
    if (await isWritten()) done++
    else await sleep(5)
  }
  return done
}

const BODY_CHARS = 20_000
const REWRITE: Statement = { text: 'update t set body = ?1', reads: [] }
const LOOK: Statement = { text: 'select 1 from t', reads: ['int'] }
