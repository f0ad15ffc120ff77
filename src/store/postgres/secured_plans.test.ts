// Plans as the caller's role gets them: policies come first, and what is asked besides still finds its index.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fold } from '../../base/pure/text.ts'
import type { Stored } from '../../define/field.ts'
import type { Noun } from '../../define/noun.ts'
import type { Expr } from '../../define/predicate.ts'
import type { Prepared } from '../sql.ts'
import { layoutOf } from '../layout.ts'
import { planPage } from '../page.ts'
import type { Filter, PageInput, PageQuery } from '../page_query.ts'
import { RowStore } from '../row_store.ts'
import { comparedColumn } from '../tables.ts'
import { ann, idOf, type Secured, securedForTests, securedModel } from './test_secured.ts'

const ROWS = 20_000

const scene: { secured?: Secured; skip?: string } = {}
before(async () => {
  const found = await securedForTests()
  if ('skip' in found) scene.skip = found.skip
  else {
    scene.secured = found
    await fill(found)
  }
})
after(() => scene.secured?.close())

const it = (title: string, run: (secured: Secured) => Promise<void>): void => {
  void test(title, async (t) => (scene.secured === undefined ? t.skip(scene.skip) : run(scene.secured)))
}

// A tenth of the notes is Ann's; one word in each of them is common, another is rare. What the planner knows of them is
// counted over all rows: over a sample, which differs each time, so do the plans.
async function fill({ client }: Secured): Promise<void> {
  const id = `('01890000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid`
  const series = `generate_series(1, ${ROWS}) n`
  const author = `case when n % 10 = 0 then '${ann}'::uuid else '${idOf(0xb)}'::uuid end`
  const club = `case when n % 2 = 0 then '${here}'::uuid else '${idOf(2)}'::uuid end`
  const time = `timestamptz '2026-01-01' + n * interval '1 second'`
  await client.query(`
    insert into notes (id, author, code, code_key, title, rank, created_at, updated_at)
      select ${id}, ${author}, 'K' || n, 'k' || n, 'Title', n % 1000, ${time}, ${time} from ${series};
    insert into notes__words (word, row) select 'title', ${id} from ${series};
    insert into notes__words (word, row) select 'rare' || n / 50, ${id} from ${series};
    insert into sheets (id, club, code, code_key, title, rank, created_at, updated_at)
      select ${id}, ${club}, 'K' || n / 2, 'k' || n / 2, 'Title', n % 1000, ${time}, ${time} from ${series};
    insert into sheets__words (club, word, row) select ${club}, 'title', ${id} from ${series};
    insert into sheets__words (club, word, row) select ${club}, 'rare' || n / 50, ${id} from ${series};
    insert into boards (id, title, created_at, updated_at) select ${id}, 'Board ' || n, ${time}, ${time} from ${series};
    set default_statistics_target = 1000;
    analyze`)
}

const here = idOf(1)
const noun = securedModel.nouns.get('notes')!
const sheets = securedModel.nouns.get('sheets')!
const own: readonly Expr[] = noun.allow.read.rows

const pageOf = (more: Partial<PageQuery>): PageQuery => ({
  filters: [],
  keys: [],
  descending: false,
  limit: 20,
  after: undefined,
  words: [],
  fewWords: false,
  rules: own,
  ...more,
})

const filter = (name: string, operator: Filter['operator'], value: Stored, of = noun): Filter => {
  const layout = layoutOf(of)
  return {
    column: layout.columns[layout.at.get(name)!]!,
    compared: comparedColumn(of, name),
    operator,
    values: [value],
  }
}

/** The plan made for these values, and the plan for any, which the server turns to after a few calls. */
async function planOf(
  { client, roles }: Secured,
  role: string,
  text: string,
  values: readonly Stored[],
): Promise<string> {
  await client.query('begin')
  try {
    await client.query(
      `select set_config('role', $1, true), set_config('plinth.caller', $2, true),
         set_config('plinth.roles', $3, true), set_config('plinth.tenant', $4, true)`,
      [roles.caller, ann, role === '' ? '' : `{${role}}`, here],
    )
    await client.query(`prepare asked as ${text}`)
    const given = values.length === 0 ? '' : `(${values.map(literalOf).join(', ')})`
    const plans: string[] = []
    for (const mode of ['custom', 'generic']) {
      await client.query(`set local plan_cache_mode = force_${mode}_plan`)
      const { rows } = await client.query<string[]>({ text: `explain execute asked${given}`, rowMode: 'array' })
      plans.push(`${mode} plan`, ...rows.map(([line = '']) => line))
    }
    return plans.join('\n')
  } finally {
    await client.query('rollback')
    await client.query('deallocate all')
  }
}

const literalOf = (value: Stored): string =>
  value === null ? 'null' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)

/** The two plans apart. */
const bothOf = (plans: string): string[] => plans.split(/^(?=generic plan$)/m)

const context = ({ engine: { dialect } }: Secured, of: Noun): Parameters<typeof planPage>[0] => ({
  dialect,
  nouns: securedModel.nouns,
  noun: of,
  layout: layoutOf(of),
})

async function pagePlan(secured: Secured, query: PageQuery, role = '', of = noun): Promise<string> {
  const { page }: { page: Prepared<PageInput> } = planPage(context(secured, of), query)
  const input = { query, caller: { id: ann, tenant: here } }
  return planOf(secured, role, page.statement.text, page.values(input))
}

void describe('plans under row security', () => {
  it('a row is read by its key', async (secured) => {
    const rows = new RowStore(noun, securedModel.nouns, secured.engine.dialect)
    const made = rows.readById({ seen: own, count: 1 })
    const input = { ids: [idOf(21)], caller: { id: ann, tenant: null } }
    const plan = await planOf(secured, '', made.statement.text, made.values(input))
    assert.match(plan, /Index Scan using .*\n *Index Cond: .*\bid = /)
  })

  for (const [keys, index] of [
    [['rank'], 'notes_author_rank_id_idx'],
    [['code'], 'notes_author_code_key_id_idx'],
    [['createdAt'], 'notes_author_created_at_id_idx'],
  ] as const) {
    it(`a sort by ${keys.join()} is served by its index, for owners and for staff`, async (secured) => {
      const owners = await pagePlan(secured, pageOf({ keys, descending: true }))
      for (const plan of bothOf(owners)) assert.match(plan, new RegExp(`Index (Only )?Scan Backward using ${index}`))
      assert.doesNotMatch(owners, /Sort|Seq Scan/)

      const all = await pagePlan(secured, pageOf({ keys, rules: undefined }), 'staff')
      for (const plan of bothOf(all))
        assert.match(plan, new RegExp(`Index (Only )?Scan using ${index.replace('author_', '')}`))
      assert.doesNotMatch(all, /Sort|Seq Scan/)
    })
  }

  it('a page after a cursor goes on in the index', async (secured) => {
    const plan = await pagePlan(secured, pageOf({ keys: ['rank'], after: [500, idOf(1)], rules: undefined }), 'staff')
    for (const one of bothOf(plan)) assert.match(one, /Index Cond: \(ROW\(rank, id\) > ROW/)
  })

  it('a folded column is compared by its index', async (secured) => {
    const query = pageOf({ filters: [filter('code', 'eq', fold('K77'))], rules: undefined })
    const plan = await pagePlan(secured, query, 'staff')
    for (const one of bothOf(plan)) assert.match(one, /Index Scan using notes_code_key(_key)?/)
  })

  it('words are found by their index, few and many', async (secured) => {
    const few = await pagePlan(secured, pageOf({ words: ['rare77'], fewWords: true, rules: undefined }), 'staff')
    const many = await pagePlan(secured, pageOf({ words: ['title'], rules: undefined }), 'staff')
    assert.match(few, /notes__words_(pkey|row_word_idx)/)
    assert.match(many, /notes__words_(pkey|row_word_idx)/)
    // Whether the row of a word may be seen is looked up by its key: not by reading all that may be seen first.
    assert.doesNotMatch(`${few} ${many}`, /Seq Scan|hashed/)
  })

  it('in a tenant every index begins with it: sorts, cursors, keys and words', async (secured) => {
    const plan = (more: Partial<PageQuery>): Promise<string> =>
      pagePlan(secured, pageOf({ rules: undefined, ...more }), '', sheets)

    const rank = await plan({ keys: ['rank'], descending: true })
    const after = await plan({ keys: ['rank'], after: [500, idOf(1)] })
    const key = await plan({ filters: [filter('code', 'eq', fold('K77'), sheets)] })
    const few = await plan({ words: ['rare77'], fewWords: true })

    for (const one of [...bothOf(rank), ...bothOf(after)]) assert.match(one, /using sheets_club_rank_id_idx/)
    for (const one of bothOf(after)) assert.match(one, /Index Cond: \(\(?.*club = .*ROW\(rank, id\) > ROW/)
    for (const one of bothOf(key)) assert.match(one, /using sheets_club_code_key(_key)?/)
    // A plan for any word is no cheaper than those for rare ones, so the server goes on making these.
    assert.match(bothOf(few)[0]!, /sheets__words_club_word_row_idx/)
    assert.doesNotMatch(`${rank} ${after} ${key} ${few}`, /Seq Scan|hashed/)
    assert.doesNotMatch(`${rank} ${after}`, /Sort/)
  })

  it('a table that everybody sees costs nothing more', async (secured) => {
    const plan = await planOf(secured, '', 'select id from boards where title = $1::text', ['Board 7'])
    assert.doesNotMatch(plan, /InitPlan|Filter/)
  })

  it('control: a condition that could leak a hidden row does not get its index', async (secured) => {
    await secured.client.query('create index notes_lower on notes (lower(code))')
    const text = 'select id from notes where lower(code) = $1::text'
    const hidden = await planOf(secured, 'staff', text, ['k77'])
    const { rows } = await secured.client.query<string[]>({
      text: `explain ${text}`,
      values: ['k77'],
      rowMode: 'array',
    })
    assert.match(hidden, /Seq Scan on notes/)
    assert.match(rows.join('\n'), /notes_lower/)
  })
})
