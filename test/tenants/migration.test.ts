// A resource that gets a tenant: refused while its rows are nobody's, done once it is said whose they are.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { app, items, organizations, ref, resource, text } from 'plinth'
import { modelOf } from '../../src/server/features.ts'
import type { Catalog } from '../../src/store/catalog.ts'
import { applyDirectly, MigrationRefused, planMigration } from '../../src/store/migrate/index.ts'
import { testEngines } from '../../src/store/migrate/test_engines.ts'
import { tablesOf } from '../../src/store/tables.ts'

const fields = {
  title: text({ max: 80, unique: true }),
  before: ref('boards', { optional: true, onDelete: 'clear' }),
  parts: items({ of: ref('boards') }, { default: [] }),
} as const
const spec = { sort: ['title'], search: ['title'], allow: {} } as const
const plain = resource('boards', { ...spec, fields })
const tenanted = resource('boards', { ...spec, tenant: 'organization', fields })
const before = tablesOf(modelOf(app('before', { plain })))
const wanted = tablesOf(modelOf(app('after', { tenanted })))

const organization = '01890000-0000-7000-8000-000000000001'
const [one, two] = ['01890000-0000-7000-8000-00000000000b', '01890000-0000-7000-8000-00000000000c']
const then = "'2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'"
const rows = [
  `insert into plinth_organizations (id, name, created_at, updated_at) values ('${organization}', 'One', ${then})`,
  `insert into boards (id, title, created_at, updated_at) values ('${one}', 'Plan', ${then})`,
  `insert into boards (id, title, before, created_at, updated_at) values ('${two}', 'More', '${one}', ${then})`,
  `insert into boards__parts (id, parent, position, "of") values ('${two}', '${two}', 0, '${one}')`,
  `insert into boards__words (word, row) values ('plan', '${one}')`,
]

for (const { name, skip, open } of testEngines) {
  describe(`a tenant for a table on ${name}`, { skip }, async () => {
    const { engine, empty, close } = await open()
    after(close)
    const prepare = async (more: readonly string[]): Promise<void> => {
      await empty()
      await applyDirectly(engine, before)
      await engine.script(more)
    }
    const become = (fill: Record<string, string> = {}): Promise<unknown> =>
      applyDirectly(engine, wanted, { fill, contract: true })

    test('nothing stands in its way while the table is empty', async () => {
      await prepare([])

      await become()

      assert.deepEqual((await planMigration(engine, wanted)).steps, [])
    })

    test('rows that are nobody’s have it refused, which says what to do', async () => {
      await prepare(rows)

      await assert.rejects(become(), (error: unknown) => {
        assert.ok(error instanceof MigrationRefused)
        assert.match(error.message, /boards\.organization .*give the value/)
        return true
      })
      assert.deepEqual(await titles(), ['More', 'Plan'])
    })

    test('once it is said whose they are, every part of them is theirs', async () => {
      await prepare(rows)
      const tables = ['boards', 'boards__parts', 'boards__words']

      await become(Object.fromEntries(tables.map((table) => [`${table}.organization`, organization])))

      assert.deepEqual((await planMigration(engine, wanted)).steps, [])
      for (const table of tables) {
        const found = await engine.query({ text: `select distinct organization from ${table}`, reads: ['uuid'] }, [])
        assert.deepEqual(found, [[organization]], table)
      }
      assert.deepEqual(await titles(), ['More', 'Plan'])
      await assert.rejects(engine.script([`update boards set before = '${organization}' where id = '${one}'`]))
    })

    test('a default says it too, without a word to whoever migrates', async () => {
      await prepare(rows)
      const of = ref(organizations, { readonly: true, default: organization })
      const owned = resource('boards', { ...spec, tenant: 'organization', fields: { organization: of, ...fields } })
      const goal = tablesOf(modelOf(app('after', { owned })))

      await applyDirectly(engine, goal, { contract: true })

      assert.deepEqual((await planMigration(engine, goal)).steps, [])
      const text = 'select distinct organization from boards__words'
      assert.deepEqual(await engine.query({ text, reads: ['uuid'] }, []), [[organization]])
    })

    const titles = async (): Promise<unknown[]> =>
      (await engine.query({ text: 'select title from boards order by title', reads: ['text'] }, [])).flat()
  })
}

const uniques = ({ tables }: Catalog): string[] =>
  tables.filter(({ name }) => name === 'boards').flatMap((table) => table.uniques.map(({ columns }) => columns.join()))

test('the tenant leads every key and every index of its tables', () => {
  assert.deepEqual(uniques(wanted), ['organization,title', 'organization,id'])
  for (const { name, indexes } of wanted.tables.filter((table) => table.name.startsWith('boards'))) {
    const leads = indexes
      .filter(({ columns }) => !['row', 'parent'].includes(columns[0]!))
      .map(({ columns }) => columns[0])
    assert.deepEqual(new Set(leads), new Set(leads.length === 0 ? [] : ['organization']), name)
    assert.ok(!name.endsWith('__words') || indexes.some(({ columns }) => columns.join() === 'organization,word,row'))
  }
})
