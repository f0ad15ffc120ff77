// No statement of the queue reads the table of jobs from end to end, and nothing is written while nothing happens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { app, integer, job, schedule } from '../../define/index.ts'
import { modelOf } from '../../server/features.ts'
import type { Engine, Session, Statement } from '../../store/contract.ts'
import { createStatements } from '../../store/migrate/create.ts'
import { openSqlite } from '../../store/sqlite/index.ts'
import { onBothEngines } from '../../store/suite/test_model.ts'
import { tablesOf } from '../../store/tables.ts'
import { claim } from './claim.ts'
import { hold } from './hold.ts'
import { beat, leave, rescue } from './lease.ts'
import { peek } from './peek.ts'
import { allQueues } from './queues.ts'
import { sweep } from './sweep.ts'
import { queueOf } from './test_queue.ts'
import { startWorker } from './worker.ts'

const work = job('work', {
  input: { n: integer() },
  attempts: 2,
  async run({ input, step, finish, progress }) {
    await step('one', async () => 1)
    await progress(1, 2)
    if (input.n === 1) throw new Error('no')
    await finish(async () => {})
  },
})
const yearly = schedule('yearly', { cron: '0 0 1 1 *', job: work, input: { n: 0 } })
const model = modelOf(app('plans', { work, yearly }))

/** Passes everything on, and tells of each statement and each write. */
function watched(
  engine: Engine,
  told: { readonly statement?: (text: string) => void; readonly write?: () => void },
): Engine {
  const session = <S extends Session>(of: S): S =>
    new Proxy(of, {
      get(target, name) {
        if (name !== 'all')
          return typeof target[name as keyof S] === 'function' ? bound(target, name) : Reflect.get(target, name)
        return (statement: Statement, values: never[]) => {
          told.statement?.(statement.text)
          return target.all(statement, values)
        }
      },
    })
  return {
    ...engine,
    query: (statement, values) => {
      told.statement?.(statement.text)
      return engine.query(statement, values)
    },
    write: (options, body) => {
      told.write?.()
      return engine.write(options, (open) => body(session(open)))
    },
  }
}

const bound = (target: object, name: string | symbol): unknown => Reflect.get(target, name).bind(target)

/** The steps of SQLite's plan that read a table of the queue without an index. */
async function scans(engine: Engine, text: string): Promise<string[]> {
  const blank = text.replaceAll(/\?\d+/g, '1')
  const rows = await engine.query({ text: `explain query plan ${blank}`, reads: ['int', 'int', 'int', 'text'] }, [])
  const steps = rows.map((row) => String(row[3]))
  return steps.filter((step) => /SCAN (t|c|plinth_job\w*)( |$)/.test(step) && !/USING (COVERING )?INDEX/.test(step))
}

async function openWith(isMade: (statement: string) => boolean): Promise<Engine> {
  const engine = await openSqlite({ file: ':memory:' })
  await engine.script(createStatements(tablesOf(model), engine.dialect, engine.facts).filter(isMade))
  return engine
}

void test('every statement over jobs has its index', async () => {
  const engine = await openWith(() => true)
  const seen = new Set<string>()
  const statement = (text: string): void => void (/plinth_job/.test(text) && seen.add(text))
  const queue = queueOf({ engine: watched(engine, { statement }), model })
  await queue.promise(async (tx) => {
    await tx.enqueue(work, { n: 0 }, { unique: 'k' })
    await tx.enqueue(work, { n: 0 }, { unique: 'k' })
    await tx.enqueue(work, { n: 1 }, { inOrder: 'line' })
  })
  await queue.promise((tx) => tx.enqueue(work, { n: 2 }, { inOrder: 'line' }))
  await hold(queue.house, 'default')
  await queue.settle()
  queue.clock.advance(3_600_000)
  await queue.settle()
  await peek(queue.house)
  await rescue(queue.house, queue.house.id())
  await leave(queue.house, queue.house.id())

  assert.ok(seen.size >= 20, `${seen.size} statements were seen`)
  for (const text of seen) assert.deepEqual(await scans(engine, text), [], text)

  await engine.close()

  // Control: without the indexes that claims and looks go along, the plans are seen to scan.
  const bare = await openWith((text) => !/plinth_jobs_(queue_state_rank|state_due_at)_id_idx/.test(text))
  const found = await Promise.all([...seen].map((text) => scans(bare, text)))
  assert.ok(found.flat().length > 0)
  await bare.close()
})

onBothEngines('a queue with a past', model, (it) => {
  it('is claimed, looked at and swept in little time, whatever lies in it', async (scene) => {
    const { house } = queueOf(scene)
    const many = 20_000
    const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${many})`
    const id = "substr('00000000', 1, 8 - length(cast(i as text))) || i || '-0000-7000-8000-000000000000'"
    await scene.engine.script([
      `insert into plinth_jobs ` +
        `(id, name, queue, state, input, attempts, due_at, request, rank, created_at, updated_at) ` +
        `${numbers} select ${scene.name === 'SQLite' ? id : `(${id})::uuid`}, 'work', 'default', ` +
        `case when i % 2 = 0 then 'done' else 'scheduled' end, '{"n":0}', 1, '2026-04-01T00:00:00.000Z', '', 0, ` +
        `'2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' from n`,
      'analyze',
    ])
    const worker = house.id()
    await beat(house, worker, 30_000)
    const look = async (): Promise<void> => {
      await claim(house, worker, [{ queue: 'default', room: 10 }])
      await peek(house)
      await allQueues(house)
      await sweep(house)
    }
    await look()

    // The least of them: a look at every row takes long each time.
    const took: number[] = []
    for (let n = 0; n < 20; n++) {
      const began = performance.now()
      await look()
      took.push(performance.now() - began)
    }

    assert.ok(Math.min(...took) < 60, `the fastest look took ${Math.min(...took).toFixed(1)} ms`)
  })
})

void test('while nothing happens nothing is written', async () => {
  const engine = await openWith(() => true)
  const writes = { count: 0 }
  const write = (): void => void writes.count++
  const queue = queueOf({ engine: watched(engine, { write }), model })
  const worker = startWorker(queue.house, { pollMs: 10 })
  await sleep(100)
  writes.count = 0

  await sleep(200)
  const idle = writes.count
  await queue.promise((tx) => tx.enqueue(work, { n: 0 }))
  await sleep(50)
  await worker.stop()

  assert.equal(idle, 0)
  assert.ok(writes.count > 0) // control: now there was something to do
  await engine.close()
})
