// What takes too long is a 503 within its deadline, nothing of it is done, and the next caller is served.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openPostgres } from '../../src/store/postgres/index.ts'
import { openSqlite } from '../../src/store/sqlite/index.ts'
import { postgresForTests } from '../postgres.ts'
import { type Said, serveOn, type Surface } from '../surface/test_server.ts'
import limitsApp from './limits_app.ts'

const DEADLINE_MS = 300
/** A machine with other work may be late by so much; what is waited for takes far longer. */
const LATE_MS = 3_000

const makeCounter = async ({ ask }: Surface): Promise<string> =>
  String((await ask({ url: '/api/v1/counters', body: {} })).json['id'])

/** Asks for an action of a new counter; answers what was said, after how long, and what the counter shows then. */
async function asked(
  surface: Surface,
  action: string,
): Promise<Said & { readonly tookMs: number; readonly value: unknown }> {
  const url = `/api/v1/counters/${await makeCounter(surface)}`
  const began = performance.now()
  const said = await surface.ask({ method: 'POST', url: `${url}/${action}` })
  const tookMs = performance.now() - began
  return { ...said, tookMs, value: (await surface.ask({ url })).json['value'] }
}

async function assertStopped(surface: Surface, action: string, lateMs = LATE_MS): Promise<void> {
  const { status, text, headers, tookMs, value } = await asked(surface, action)
  const next = await asked(surface, 'count')

  assert.deepEqual([status, headers['retry-after'], value], [503, '1', 0], text)
  assert.match(text, /nothing was done/)
  assert.ok(tookMs < DEADLINE_MS + lateMs, `it took ${tookMs} ms`)
  assert.deepEqual([next.status, next.value], [200, 1], next.text)
}

const database = await postgresForTests(limitsApp)

describe('deadlines on PostgreSQL', 'skip' in database ? database : {}, async () => {
  if ('skip' in database) return
  const surfaceWith = async (limits: object, seed: number): Promise<Surface> =>
    serveOn(limitsApp, { name: 'postgres', engine: await openPostgres({ url: database.url, limits }), seed })
  const hasty = await surfaceWith({ statementTimeoutMs: DEADLINE_MS }, 1)
  const brief = await surfaceWith({ transactionDeadlineMs: DEADLINE_MS }, 2)
  after(async () => {
    for (const surface of [hasty, brief]) await surface.close()
    await database.drop()
  })

  test('a statement that sleeps is stopped by its own deadline', () => assertStopped(hasty, 'nap'))
  test('so is one that works', () => assertStopped(hasty, 'toil'))
  test('a statement that sleeps is stopped by that of its transaction', () => assertStopped(brief, 'nap'))
  test('a transaction of many short statements is stopped', () => assertStopped(brief, 'plod'))
  test('a transaction that waits for something foreign is stopped', () => assertStopped(brief, 'dream'))
})

describe('deadlines on SQLite', async () => {
  const engine = await openSqlite({
    file: ':memory:',
    foreignAwait: 'warn',
    limits: { transactionDeadlineMs: DEADLINE_MS },
  })
  const brief = await serveOn(limitsApp, { name: 'sqlite', engine })
  after(() => brief.close())

  test('a transaction that waits for something foreign is stopped', () => assertStopped(brief, 'dream'))
  test('a transaction of many short statements is stopped', () => assertStopped(brief, 'plod'))
  // Node's SQLite cannot interrupt a statement: it runs to its end, and then its work is undone.
  test('one statement that works too long is undone when it ends', () => assertStopped(brief, 'toil', 30_000))
})
