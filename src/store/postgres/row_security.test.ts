// Row security: what a statement that forgot to ask the rules can see and change, and that nobody gets around it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ownedClock } from '../../base/clock.ts'
import { type Actor, type Engine, StoreError } from '../contract.ts'
import { beat, prepareProcesses } from '../migrate/index.ts'
import { mixed } from './test_mixed.ts'
import { actor, ann, bob, idOf, idsOf, type Secured, securedForTests } from './test_secured.ts'

const scene: { secured?: Secured; skip?: string } = {}
before(async () => {
  const found = await securedForTests()
  if ('skip' in found) scene.skip = found.skip
  else scene.secured = found
})
after(() => scene.secured?.close())

const it = (title: string, run: (secured: Secured) => Promise<void>): void => {
  void test(title, async (t) => (scene.secured === undefined ? t.skip(scene.skip) : run(scene.secured)))
}

const stamp = `'2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'`
const insertNote = (n: number, author: string, code = `X${n}`): string =>
  `insert into notes (id, author, code, code_key, title, created_at, updated_at)
   values ('${idOf(n)}', '${author}', '${code}', '${code.toLowerCase()}', 'New', ${stamp})`

/** Runs a statement in a transaction that is undone; answers how many rows it changed, or the failure. */
async function tried(engine: Engine, text: string, as?: Actor): Promise<number | string> {
  const options = { name: 'tried', isolation: 'locked', rollback: true } as const
  try {
    const rows = await engine.write(options, async (tx) =>
      tx.all({ text: `${text} returning 1`, reads: ['int'] }, [], as),
    )
    return rows.length
  } catch (error) {
    assert.ok(error instanceof StoreError)
    return error.failure
  }
}

const plain = async (engine: Engine, text: string, as?: Actor): Promise<string> => {
  const options = { name: 'plain', isolation: 'locked', rollback: true } as const
  try {
    await engine.write(options, async (tx) => tx.all({ text, reads: [] }, [], as))
    return 'done'
  } catch (error) {
    assert.ok(error instanceof StoreError)
    return error.failure
  }
}

void describe('reading', () => {
  it('a statement without any condition shows a caller what the rules show', async ({ engine }) => {
    const all = 'select id from notes'

    assert.deepEqual(await idsOf(engine, all, actor(ann)), ['21'])
    assert.deepEqual(await idsOf(engine, all, actor(bob)), ['22'])
    assert.deepEqual(await idsOf(engine, all, actor(idOf(99), 'read', ['staff'])), ['21', '22'])
    assert.deepEqual(await idsOf(engine, all, actor(idOf(99), 'read', ['clerk'])), [])
    assert.deepEqual(await idsOf(engine, all, actor(null)), [])
    assert.deepEqual(await idsOf(engine, all), ['21', '22'])
  })

  it('items and words are seen with the row they hang on', async ({ engine }) => {
    assert.deepEqual(await idsOf(engine, 'select id from notes__lines', actor(ann)), ['31'])
    assert.deepEqual(await idsOf(engine, 'select row from notes__words', actor(bob)), ['22'])
    assert.deepEqual(await idsOf(engine, 'select row from notes__words', actor(null)), [])
  })

  it('a rule that looks at its own table does not ask itself', async ({ engine }) => {
    assert.deepEqual(await idsOf(engine, 'select id from seats', actor(ann)), ['11', '12'])
    assert.deepEqual(await idsOf(engine, 'select id from seats', actor(bob)), ['11', '12', '13'])
    assert.deepEqual(await idsOf(engine, 'select id from clubs', actor(ann)), ['1'])
    assert.deepEqual(await idsOf(engine, 'select id from seats', actor(null)), [])
  })

  it('what no operation reaches, no caller reaches', async ({ engine }) => {
    const refused = { name: 'StoreError', failure: 'denied' }
    await assert.rejects(idsOf(engine, 'select id from entries', actor(ann)), refused)
    assert.deepEqual(await idsOf(engine, 'select id from entries'), ['41'])
  })

  it('a row that nobody reads is found only by who is about to use it', async ({ engine }) => {
    const all = 'select id from tickets'
    assert.deepEqual(await idsOf(engine, all, actor(ann)), [])
    assert.deepEqual(await idsOf(engine, all, actor(null, 'load')), ['51'])
  })

  it('callers who share connections do not see with one another’s eyes', async (secured) => {
    assert.deepEqual(await mixed(secured, 500), [])
  })

  it('a connection made again, and one that stands in for a stalled one, are as secure', async (secured) => {
    const engine = await secured.open({ limits: { readers: 1 } })
    await engine.security?.enter()
    const slow = { text: 'select pg_sleep(0.6)::text', reads: ['text'] as const }
    const all = 'select id from notes'
    const seen = async (): Promise<string[]> => [
      (await idsOf(engine, all, actor(ann))).join(),
      (await idsOf(engine, all, actor(null))).join(),
      (await idsOf(engine, all)).join(),
    ]

    const stalling = engine.query(slow, [])
    await setTimeout(200)
    const meanwhile = await seen()
    await stalling
    await secured.client.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'plinth'`)
    const afterwards = await seen()

    assert.deepEqual(meanwhile, ['21', '', '21,22'])
    assert.deepEqual(afterwards, meanwhile)
  })

  it('control: a caller bound for another is seen', async (secured) => {
    assert.notDeepEqual(await mixed(secured, 200, (as, n) => (n % 97 === 0 ? actor(ann) : as)), [])
  })
})

void describe('writing', () => {
  it('a caller changes what the rules allow, for the verb they were asked for', async ({ engine }) => {
    const update = `update notes set title = 'Changed'`
    assert.equal(await tried(engine, update, actor(ann, 'update')), 1)
    assert.equal(await tried(engine, update, actor(ann, 'read')), 0)
    assert.equal(await tried(engine, update, actor(ann, 'load')), 'denied')
    assert.equal(await tried(engine, update, actor(null, 'update')), 0)
    assert.equal(await tried(engine, update, actor(idOf(99), 'update', ['staff'])), 0)
    assert.equal(await tried(engine, update), 2)
    assert.equal(await tried(engine, 'delete from notes', actor(ann, 'delete')), 1)
    assert.equal(await tried(engine, 'delete from notes', actor(ann, 'update')), 0)
  })

  it('a row is not moved out of the reach of its owner', async ({ engine }) => {
    assert.equal(
      await plain(engine, `update notes set author = '${bob}' where id = '${idOf(21)}'`, actor(ann, 'update')),
      'denied',
    )
    assert.equal(await plain(engine, insertNote(61, ann), actor(ann, 'create')), 'done')
    assert.equal(await plain(engine, insertNote(61, ann), actor(ann, 'update')), 'denied')
    assert.equal(await plain(engine, insertNote(61, ann), actor(null, 'create')), 'denied')
    assert.equal(await plain(engine, insertNote(61, ann)), 'done')
  })

  it('a row is locked by who may see it, and only while it is loaded', async ({ engine }) => {
    const locked = async (as: Actor): Promise<string[]> =>
      engine.write({ name: 'lock', isolation: 'locked', rollback: true }, async (tx) => {
        const rows = await tx.all({ text: 'select id from notes for update', reads: ['uuid'] }, [], as)
        return rows.map(([id]) => String(id).slice(-2))
      })
    assert.deepEqual(await locked(actor(ann, 'load')), ['15'])
    assert.deepEqual(await locked(actor(idOf(99), 'load', ['staff'])), ['15', '16'])
    assert.deepEqual(await locked(actor(ann, 'read')), [])
  })

  it('items are written with a row that may be changed', async ({ engine }) => {
    const insert = (parent: number): string =>
      `insert into notes__lines (id, parent, position, what) values ('${idOf(71)}', '${idOf(parent)}', 1, 'second')`
    assert.equal(await plain(engine, insert(21), actor(ann, 'update')), 'done')
    assert.equal(await plain(engine, insert(22), actor(ann, 'update')), 'denied')
    assert.equal(await plain(engine, insert(21), actor(ann, 'read')), 'denied')
    // Staff read every note, and change none.
    assert.equal(await plain(engine, insert(21), actor(idOf(99), 'update', ['staff'])), 'denied')
    assert.equal(await tried(engine, 'delete from notes__lines', actor(ann, 'update')), 1)
  })

  it('who writes, and as whom, may change within a transaction', async ({ engine }) => {
    const options = { name: 'both', isolation: 'locked', rollback: true } as const
    const count = { text: 'select count(*) from notes', reads: ['int'] as const }
    const seen = await engine.write(options, async (tx) => {
      const counts = async (as?: Actor): Promise<unknown> => (await tx.all(count, [], as))[0]?.[0]
      const found = [await counts(), await counts(actor(ann)), await counts(), await counts(actor(bob, 'update'))]
      const undone = tx.savepoint(async () => {
        await counts(actor(idOf(99), 'read', ['staff']))
        throw new Error('not this')
      })
      await assert.rejects(undone)
      return [...found, await counts(actor(null)), await counts(), await counts(actor(ann))]
    })
    assert.deepEqual(seen, [2, 1, 2, 1, 0, 2, 1])
  })

  it('a failed read in a caller’s name leaves the transaction as any failure does', async ({ engine }) => {
    const options = { name: 'spoiled', isolation: 'locked' } as const
    const answer = engine.write(options, async (tx) => {
      await assert.rejects(async () => tx.all({ text: 'select id from entries', reads: ['uuid'] }, [], actor(ann)))
      await tx.all({ text: 'select 1', reads: ['int'] }, [])
    })
    await assert.rejects(answer, { failure: 'spoiled' })
  })
})

void describe('what failures tell', () => {
  it('neither a taken value nor a missing row is quoted to a caller', async ({ client, roles, engine }) => {
    const failedAs = async (id: string, verb: string, text: string): Promise<Error & { detail?: string }> => {
      await client.query('begin')
      await client.query(`
        select set_config('role', '${roles.caller}', true), set_config('plinth.caller', '${id}', true),
          set_config('plinth.verb', '${verb}', true)`)
      const failed = await client.query(text).then(
        () => assert.fail('it was written'),
        (error: Error) => error,
      )
      await client.query('rollback')
      return failed
    }
    const values = /N1|n1|01890000/

    const taken = await failedAs(ann, 'create', insertNote(81, ann, 'N1'))
    const nowhere = await failedAs(idOf(98), 'create', insertNote(82, idOf(98)))
    assert.doesNotMatch(`${taken.detail} ${nowhere.detail}`, values)
    assert.match(`${taken.message} ${nowhere.message}`, /unique constraint .* foreign key constraint/)
    assert.doesNotMatch(`${taken.message} ${nowhere.message}`, values)

    const said = await engine
      .write({ name: 'taken', isolation: 'locked' }, async (tx) =>
        tx.all({ text: insertNote(81, ann, 'N1'), reads: [] }, [], actor(ann, 'create')),
      )
      .then(() => assert.fail('it was written'), String)
    assert.doesNotMatch(said, values)

    // The control: without row security the server tells whoever asks.
    const told = async (text: string): Promise<string> =>
      client.query(text).then(
        () => assert.fail('it was written'),
        (error: { detail: string }) => error.detail,
      )
    assert.match(await told(insertNote(81, ann, 'N1')), /n1/)
    assert.match(await told(insertNote(82, idOf(98))), /01890000/)
  })
})

void describe('what the house does by itself', () => {
  it('a process says that it is alive', async (secured) => {
    const engine = await secured.open()
    await prepareProcesses(engine)
    await engine.security?.enter()

    await beat(engine, { id: 'one', version: '1' }, ownedClock('2026-01-01T00:00:00.000Z'))

    const { rows } = await secured.client.query('select version from _plinth_processes')
    assert.deepEqual(rows, [{ version: '1' }])
    await assert.rejects(idsOf(engine, 'select id from _plinth_processes', actor(ann)), { failure: 'denied' })
  })

  it('a statement that is given up is ended on the server too', async (secured) => {
    const engine = await secured.open()
    await engine.security?.enter()
    const options = { name: 'slow', isolation: 'locked', deadlineMs: 100 } as const
    const slow = { text: "select pg_sleep(20)::text, 'given up'", reads: ['text', 'text'] as const }

    await assert.rejects(
      engine.write(options, async (tx) => tx.all(slow, [], actor(ann))),
      { failure: 'deadline' },
    )

    const running = `select count(*)::int as n from pg_stat_activity where query like '%given up%' and state = 'active'
      and datname = current_database() and pid <> pg_backend_pid()`
    let left = 1
    for (let tries = 0; left > 0 && tries < 50; tries += 1) {
      await setTimeout(50)
      left = Number((await secured.client.query<{ n: number }>(running)).rows[0]?.n)
    }
    assert.equal(left, 0)
  })
})
