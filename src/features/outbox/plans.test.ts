// No statement of the outbox reads a table of events from end to end, however many events there are.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine, Session, Statement } from '../../store/contract.ts'
import { createStatements } from '../../store/migrate/create.ts'
import { openSqlite } from '../../store/sqlite/index.ts'
import { tablesOf } from '../../store/tables.ts'
import { lag } from './lag.ts'
import { relay } from './relay.ts'
import { replay } from './replay.ts'
import { Sender } from './send.ts'
import { sequence } from './sequence.ts'
import { anyVersion, noting, posted, versionOf } from './test_app.ts'
import { eventSequence } from './turn.ts'

/** Notes every statement that names a table of the outbox. */
function watched(engine: Engine, seen: Set<string>): Engine {
  const note = (statement: Statement): void => {
    if (/plinth_(event|sequence|relay)/.test(statement.text)) seen.add(statement.text)
  }
  const session = <S extends Session>(of: S): S => ({
    ...of,
    tryLock: () => true,
    atCommit: (statement: Statement, values: never[]) => void of.all(statement, values),
    all: (statement: Statement, values: never[]) => {
      note(statement)
      return of.all(statement, values)
    },
  })
  return {
    ...engine,
    query: (statement, values) => {
      note(statement)
      return engine.query(statement, values)
    },
    snapshot: (work) => engine.snapshot((open) => work(session(open))),
    write: (options, work) => engine.write(options, (open) => work(session(open))),
  }
}

/** The steps of SQLite's plan that read a table of events without an index. */
async function scans(engine: Engine, text: string): Promise<string[]> {
  const blank = text.replaceAll(/\?\d+/g, '1')
  const rows = await engine.query({ text: `explain query plan ${blank}`, reads: ['int', 'int', 'int', 'text'] }, [])
  const steps = rows.map((row) => String(row[3]))
  return steps.filter((step) => /SCAN (t|plinth_event\w*)( |$)/.test(step) && !/USING (COVERING )?INDEX/.test(step))
}

test('every statement over events has its index', async () => {
  const engine = await openWith(() => true)
  const seen = new Set<string>()
  const it = await versionOf({ engine: watched(engine, seen) }, { posted, one: noting('one') })
  const a = await it.make()
  await it.emit(a, 1)
  await it.settle()
  await replay(it.house, { handler: 'one', from: 1, to: it.clock.now() })
  await lag(it.house)
  const send = async (): Promise<void> => {}
  await new Sender(it.house, { name: 'none', open: async () => ({ send, close: send }) }).turn()

  assert.ok(seen.size >= 15, `${seen.size} statements were seen`)
  for (const text of seen) assert.deepEqual(await scans(engine, text), [], text)

  await engine.close()

  // Control: without the index of places the plans are seen to scan.
  const bare = await openWith((statement) => !statement.includes('plinth_events_position_arrival_id_idx'))
  const found = await Promise.all([...seen].map((text) => scans(bare, text)))
  assert.ok(found.flat().length > 0)
  await bare.close()
})

test('while nothing happens nothing is written', async () => {
  const engine = await openWith(() => true)
  const writes: string[] = []
  const counted: Engine = {
    ...engine,
    write: (options, work) => {
      writes.push(options.name)
      return engine.write(options, work)
    },
  }
  const it = await versionOf({ engine: counted }, { posted, one: noting('one') })
  const a = await it.make()
  await it.emit(a, 1)
  await it.settle()
  const send = async (): Promise<void> => {}
  const sender = new Sender(it.house, { name: 'none', open: async () => ({ send, close: send }) })
  const once = async (): Promise<number> => {
    writes.length = 0
    await sequence(it.house, eventSequence(it.house))
    await relay(it.house)
    await sender.turn()
    return writes.length
  }

  assert.equal(await once(), 0)
  await it.emit(a, 2) // control: now there is something to do
  assert.ok((await once()) > 0)
  await engine.close()
})

async function openWith(isMade: (statement: string) => boolean): Promise<Engine> {
  const engine = await openSqlite({ file: ':memory:' })
  await engine.script(createStatements(tablesOf(anyVersion), engine.dialect, engine.facts).filter(isMade))
  return engine
}
