// `plinth explain`, as somebody types it after a refusal: which rule it was, and no value of any row.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import bureau from '../../test/authorization/app.ts'
import { faults } from '../../test/authorization/faults.ts'
import type { Person, Row } from '../../test/authorization/oracle.ts'
import { bureauSubject, idOf, south } from '../../test/authorization/people.ts'
import { openScene, type Scene } from '../../test/authorization/scene.ts'
import type { Clause } from '../call/explain.ts'
import { explainNow } from '../call/explain.ts'
import { storeOf } from '../call/house.ts'
import type { App } from '../define/app.ts'
import { openPostgres } from '../store/postgres/index.ts'
import { openSqlite } from '../store/sqlite/index.ts'
import { postgresForTests } from '../../test/postgres.ts'
import { plinth, plinthProcess, type Said } from './test_terminal.ts'

const served = join(import.meta.dirname, '../../test/authorization/app.ts')
const missing = '01900000-0000-7000-8000-ffffffffffff'

interface Why {
  readonly stage: string
  readonly rules: string
  readonly row?: string
  readonly allowed: boolean
  readonly fields?: string[]
  readonly clauses: readonly Clause[]
  readonly and?: readonly Clause[]
}

interface Told {
  readonly entries: readonly { readonly outcome: string; readonly operation: string; readonly why: Why | null }[]
}

const personIn = ({ people }: Scene, name: string): Person => people.find((one) => one.name.startsWith(name))!
const rowIn = ({ world }: Scene, noun: string, value: string): Row =>
  world.get(noun)!.find((row) => row['title'] === value || row['name'] === value)!

/** Requests that are refused by one kind of rule each, and one that is done. */
async function askAll(scene: Scene): Promise<void> {
  const path = (noun: string, value: string): string => `/api/v1/${noun}/${rowIn(scene, noun, value).id}`
  const send = async (id: string, who: string, method: string, url: string, body?: object): Promise<number> => {
    const ask = { method, url, headers: { 'x-request-id': id }, ...(body && { body }) }
    return (await scene.send({ person: personIn(scene, who), ask })).status
  }
  const dossiers = '/api/v1/dossiers'
  assert.equal(await send('asked-row', 'bob', 'PATCH', path('dossiers', 'Beta one'), { title: 'x' }), 403)
  assert.equal(await send('asked-field', 'ann', 'PATCH', path('dossiers', 'Alpha one'), { cost: null }), 403)
  assert.equal(await send('asked-hidden', 'zed', 'PATCH', path('dossiers', 'Gamma two'), { title: 'x' }), 404)
  assert.equal(await send('asked-missing', 'zed', 'PATCH', `${dossiers}/${missing}`, { title: 'x' }), 404)
  assert.equal(await send('asked-nobody', 'anonymous', 'POST', dossiers, { title: 'x' }), 401)
  assert.equal(await send('asked-left', 'ann', 'POST', dossiers, { title: 'x', state: 'open' }), 403)
  assert.equal(await send('asked-tenant', 'dan', 'PATCH', path('papers', 'Blue root'), { name: 'x' }), 404)
  assert.equal(await send('asked-done', 'ann', 'PATCH', path('dossiers', 'Alpha one'), { desk: 2 }), 200)
  const operations = [{ method: 'DELETE', path: path('dossiers', 'Beta one') }]
  assert.equal(await send('asked-batch', 'ann', 'POST', '/api/v1/batch', { operations }), 403)
}

for (const name of ['sqlite', 'postgres'] as const) {
  describe(`plinth explain on ${name}`, () => {
    const state: { url?: string; skip?: string; close?: () => Promise<void>; scene?: Scene } = {}
    before(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'plinth-explain-'))
      const database = name === 'postgres' ? await postgresForTests() : undefined
      if (database !== undefined && 'skip' in database) {
        state.skip = database.skip
        return
      }
      const file = join(folder, 'app.db')
      state.url = database?.url ?? `sqlite:${file}`
      const engine = database === undefined ? await openSqlite({ file }) : await openPostgres({ url: database.url })
      const scene = await openScene(bureauSubject, name, undefined, engine)
      assert.ok(!('skip' in scene))
      state.scene = scene
      await askAll(scene)
      // SQLite is one process's; what it leaves is read by the command.
      await scene[Symbol.asyncDispose]()
      state.close = async () => {
        await database?.drop()
        rmSync(folder, { recursive: true, force: true })
      }
    })
    after(() => state.close?.())

    const environment = () => ({ DATABASE_URL: state.url, PLINTH_SECRET: 'x'.repeat(40), NODE_ENV: 'test' })
    const wordsFor = (words: readonly string[]): string[] => ['explain', ...words, '--app', served]
    const explained = (...words: string[]): Promise<Said> => plinth(wordsFor(words), environment())
    const whyOf = async (request: string): Promise<Why> => {
      const { out, err, status } = await explained(request, '--json')
      assert.equal(status, 0, err)
      assert.ok(!/canary|Gamma two|secret of bob|7\.50/.test(out), out)
      const { entries } = JSON.parse(out) as Told // as the help says
      assert.ok(entries[0]?.why, out)
      return entries[0].why
    }
    const it = (title: string, run: () => Promise<void>): void => {
      void test(title, (t) => (state.skip === undefined ? run() : t.skip(state.skip)))
    }
    const failed = ({ clauses }: Why): string => clauses.flatMap(({ because }) => because).join('; ')

    it('a condition over the row: each way to be allowed, and what of it did not hold', async () => {
      const why = await whyOf('asked-row')
      assert.deepEqual([why.stage, why.rules, why.row], ['row', 'dossiers.allow.update', 'there'])
      assert.match(failed(why), /the caller has no roles; dossiers\.writer is me\.id: no/)
      assert.ok(why.clauses.every(({ holds }) => !holds))
    })

    it('a rule of a field', async () => {
      const why = await whyOf('asked-field')
      assert.deepEqual([why.stage, why.rules], ['fields', 'dossiers.allow.fields.cost.write'])
      assert.deepEqual([why.fields, why.clauses.map(({ rule }) => rule)], [['cost'], ["role('staff')"]])
    })

    it('a 404 tells whether the row is missing or hidden, and by what', async () => {
      const [hidden, none] = [await whyOf('asked-hidden'), await whyOf('asked-missing')]
      assert.deepEqual([hidden.stage, hidden.rules, hidden.row], ['seen', 'dossiers.allow.read', 'there'])
      assert.match(failed(hidden), /exists members where .*: no/)
      assert.deepEqual([none.stage, none.row], ['seen', 'missing'])
    })

    it('a row of another organization', async () => {
      const why = await whyOf('asked-tenant')
      assert.deepEqual([why.stage, why.row, why.and?.[0]?.holds], ['seen', 'there', false])
    })

    it('a caller who is nobody, a row as it would be left, and an operation of a batch', async () => {
      const [nobody, left] = [await whyOf('asked-nobody'), await whyOf('asked-left')]
      assert.deepEqual([nobody.stage, left.stage], ['caller', 'left'])
      assert.match(failed(left), /dossiers\.state is "draft": no/)
      const batch = await whyOf('asked-batch')
      assert.deepEqual([batch.stage, batch.rules], ['row', 'dossiers.allow.delete'])
    })

    it('what was done is explained by the rule that holds now', async () => {
      const why = await whyOf('asked-done')
      assert.deepEqual([why.allowed, why.stage], [true, 'row'])
      assert.deepEqual(
        why.clauses.map(({ holds }) => holds),
        [false, true],
      )
    })

    it('what only looks is asked as it would be answered now', async () => {
      const scene = state.scene!
      const row = rowIn(scene, 'dossiers', 'Gamma two').id
      const asked = ['--operation', 'dossiers.read', '--row', row, '--caller']
      const [zed, bob] = [
        await explained(...asked, missing),
        await explained(...asked, String(personIn(scene, 'bob').id)),
      ]
      assert.deepEqual([zed.status, bob.status], [1, 0], zed.err + bob.err)
      assert.match(zed.out, /Refused by dossiers\.allow\.read, asked whether the row is there/)
      assert.match(bob.out, /Allowed by dossiers\.allow\.read/)
    })

    it('a program, and a person, have the role of the organization they are said to act for', async () => {
      const scene = state.scene!
      const asked = ['--operation', 'papers.update', '--row', rowIn(scene, 'papers', 'Red root').id, '--caller']
      for (const name of ['hal', 'fay']) {
        const { id, tenant } = personIn(scene, name)
        const [here, nowhere] = [await explained(...asked, id!, '--tenant', tenant!), await explained(...asked, id!)]
        assert.deepEqual([here.status, nowhere.status], [0, 1], here.out + here.err)
        assert.match(here.out, /roles: .*member:admin/)
        assert.doesNotMatch(nowhere.out, /member:admin/)
      }
      const ivy = await explained(...asked, idOf(0x62), '--tenant', south) // it was only offered
      assert.equal(ivy.status, 1)
      assert.doesNotMatch(ivy.out, /member:[a-z]+;/)
    })

    it('says what it does not know, and how it is used', async () => {
      assert.equal((await explained('nobody-asked-this')).status, 1)
      assert.match((await explained('asked-row')).out, /no {3}any of {2}role\('staff'\)/)
      assert.deepEqual([(await explained()).status, (await explained('a', '--operation', 'b')).status], [2, 2])
      assert.match((await explained('--help')).out, /plinth explain <request id>/)
    })

    // Once is enough: nothing of the engine is in how a process ends.
    if (name === 'sqlite')
      it('says the same in a process of its own, which ends with the same code', async () => {
        for (const [request, code] of [
          ['asked-row', 0],
          ['nobody-asked-this', 1],
        ] as const) {
          const apart = await plinthProcess(wordsFor([request]), environment())
          assert.deepEqual(apart, await explained(request))
          assert.equal(apart.status, code)
        }
      })
  })
}

test('control: where a rule is left out, the explanation is another', async () => {
  const careless = faults.find(({ title }) => title.startsWith('a condition left out'))!.served!
  const allowedIn = async (served: App): Promise<boolean> => {
    await using scene = await openScene({ ...bureauSubject, app: served }, 'sqlite')
    assert.ok(!('skip' in scene))
    const { house } = scene.surface.server.house
    const operation = scene.model.operations.find(({ id }) => id === 'dossiers.update')!
    const asking = {
      rows: storeOf(house, 'dossiers'),
      session: { all: house.engine.query.bind(house.engine) },
      caller: personIn(scene, 'bob'),
    }
    return (await explainNow(asking, operation, rowIn(scene, 'dossiers', 'Beta one').id)).allowed
  }

  assert.deepEqual([await allowedIn(bureau), await allowedIn(careless)], [false, true])
})
