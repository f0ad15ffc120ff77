// One conversation held with both engines: status, headers and bytes of every answer are the same.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import atlas from './test_app.ts'
import { type Ask, openSurface, type Said, type Surface, tokenOf } from './test_server.ts'

const ann = '01900000-0000-7000-8000-00000000000a'
const bob = '01900000-0000-7000-8000-00000000000b'
const boss = '01900000-0000-7000-8000-0000000000ff'
const asAnn = tokenOf('member', ann)
const asBob = tokenOf('member', bob)
const asStaff = tokenOf('staff', boss)

/** A conversation: each ask may use the answers before it. */
type Turn = (said: readonly Said[]) => Ask

const idOf = (said: readonly Said[], at: number): string => String(said[at]?.json['id'])

// Names that sort differently by locale, case, width and code unit.
const names = [
  'b',
  'a',
  'B',
  'A',
  'ä',
  'z',
  'Z',
  'é',
  'é',
  '\u{1f600}',
  '\ufb01',
  '\uffee',
  ' x',
  '10',
  '9',
  '',
  '~',
  'ß',
  'İ',
  'ı',
].map((name) => name || '!')

const conversation: readonly Turn[] = [
  ...names.map((name, at): Turn => () => ({
    url: '/api/v1/things',
    as: asAnn,
    body: {
      name,
      label: at % 3 === 0 ? null : `Label ${name} ${at}`,
      count: (at % 16) - 5,
      at: at % 4 === 0 ? null : `20${10 + at}-02-0${(at % 9) + 1}T1${at % 10}:00:00.${at % 10}00+0${at % 10}:30`,
      price: at % 5 === 0 ? null : { amount: `${at * 10}.${at % 10}`, currency: 'USD' },
      weight: `${at}.1`,
      big: at % 2 === 0 ? '9223372036854775807' : '-9223372036854775808',
      day: '2024-02-29',
      extra: { b: [1e2, 1.0, { a: null }], ä: '\u{1f600}\\"', n: -1.5e-7 },
      parts: Array.from({ length: at % 4 }, (_, part) => ({ what: `part ${part}`, many: part + 1 })),
      state: ['open', 'shut'][at % 2],
      path: `path-${at}`,
    },
  })),
  ...[
    'name',
    '-name',
    'count',
    '-count',
    'at',
    '-at',
    'price',
    '-price',
    'label',
    '-label',
    'createdAt',
    '-createdAt',
    'id',
    '-id',
    'state,name',
    '-state,-name',
  ].map((sort): Turn => () => ({
    url: `/api/v1/things?sort=${sort}&limit=100&fields=name,${sort.split(',')[0]!.replace('-', '')}`,
  })),
  () => ({ url: '/api/v1/things?limit=3&sort=price&count=exact' }),
  (said) => ({ url: `/api/v1/things?limit=3&sort=price&count=exact&after=${String(said.at(-1)?.json['next'])}` }),
  (said) => ({ url: `/api/v1/things?limit=3&sort=price&count=exact&after=${String(said.at(-1)?.json['next'])}` }),
  ...[
    'name[like]=_',
    'name[like]=%25e%25',
    'label[like]=LABEL%25',
    'label=label%20B%202',
    'count[gte]=0&count[lt]=3',
    'price[null]=true',
    'price[gt]=50.00',
    'state[in]=open,lost',
    'state[ne]=open',
    'done=true',
    'at[lt]=2015-01-01T00:00:00Z',
    'day=2024-02-29',
    'weight[lte]=3.1',
    'big=9223372036854775807',
    'id[in]=01900000-0000-7000-8000-00000000000a',
    'q=a',
    'q=%C3%A9',
    'q=%EF%AC%81',
    'q=a%20b',
  ].map((filter): Turn => () => ({ url: `/api/v1/things?${filter}&sort=name&limit=50&count=exact` })),
  (said) => ({
    method: 'PATCH',
    url: `/api/v1/things/${idOf(said, 1)}`,
    as: asAnn,
    body: { count: 3, price: { amount: '0.01' }, parts: [{ what: 'new' }] },
  }),
  (said) => ({
    method: 'PATCH',
    url: `/api/v1/things/${idOf(said, 1)}`,
    as: asAnn,
    headers: { 'if-match': '"1"' },
    body: { count: 4 },
  }),
  (said) => ({ method: 'PUT', url: `/api/v1/things/${idOf(said, 2)}`, as: asAnn, body: { name: 'put' } }),
  (said) => ({
    url: '/api/v1/things',
    as: asAnn,
    body: { name: 'twin', label: 'LABEL A 1', path: 'path-1', state: 'shut', parent: idOf(said, 1) },
  }),
  (said) => ({
    url: '/api/v1/things',
    as: asAnn,
    body: { name: 'child', parent: idOf(said, 1), parts: [{ what: 'x', of: idOf(said, 2) }] },
  }),
  (said) => ({ url: `/api/v1/things/${idOf(said, 1)}/children?expand=parent.parent,parts.of` }),
  (said) => ({ method: 'DELETE', url: `/api/v1/things/${idOf(said, 1)}`, as: asStaff }),
  (said) => ({ method: 'DELETE', url: `/api/v1/things/${idOf(said, 5)}`, as: asStaff }),
  (said) => ({ url: `/api/v1/things/${idOf(said, 5)}` }),
  () => ({ url: '/api/v1/things', as: asAnn, body: { name: 'lost', state: 'lost', count: 1 } }),
  (said) => ({ method: 'POST', url: `/api/v1/things/${idOf(said, 3)}/grow`, as: asAnn, body: { by: 2 } }),
  (said) => ({ method: 'POST', url: `/api/v1/things/${idOf(said, 3)}/grow`, as: asAnn, body: { by: 100 } }),
  () => ({ method: 'POST', url: '/api/v1/things/tally' }),
  () => ({ url: '/api/v1/things', as: asAnn, headers: { prefer: 'dry-run' }, body: { name: 'dry' } }),
  () => ({ url: '/api/v1/things?name=dry' }),
  () => ({ url: '/api/v1/teams', as: asStaff, body: { title: 'Reds' } }),
  (said) => ({
    method: 'PATCH',
    url: `/api/v1/people/${ann}`,
    as: asAnn,
    body: { name: 'Ann', team: String(said.at(-1)?.json['id']) },
  }),
  (said) => ({
    method: 'PATCH',
    url: `/api/v1/people/${bob}`,
    as: asBob,
    body: { name: 'Bob', team: String(said.at(-2)?.json['id']) },
  }),
  (said) => ({
    url: '/api/v1/notes',
    as: asAnn,
    body: { body: 'for the team', shared: true, team: String(said.at(-3)?.json['id']) },
  }),
  () => ({ url: '/api/v1/notes', as: asAnn, body: { body: 'for me' } }),
  () => ({ url: '/api/v1/notes?sort=body', as: asAnn }),
  () => ({ url: '/api/v1/notes?sort=body&expand=author,team', as: asBob }),
  (said) => ({ url: `/api/v1/notes/${String(said.at(-3)?.json['id'])}`, as: asBob }),
  () => ({ url: `/api/v1/people/${ann}/notes`, as: asBob }),
  () => ({ url: '/api/v1/organizations', as: asStaff, body: { name: 'North' } }),
  (said) => ({
    url: '/api/v1/papers',
    as: tokenOf('member', ann, String(said.at(-1)?.json['id'])),
    body: { name: 'One' },
  }),
  (said) => ({
    url: '/api/v1/papers',
    as: tokenOf('member', ann, String(said.at(-2)?.json['id'])),
    body: { name: 'One' },
  }),
  (said) => ({ url: '/api/v1/papers', as: tokenOf('member', ann, String(said.at(-3)?.json['id'])) }),
  () => ({ url: '/api/v1/papers', as: tokenOf('member', ann, ann) }),
  (said) => ({ url: `/api/v1/papers/${String(said.at(-4)?.json['id'])}`, as: tokenOf('member', ann, ann) }),
  () => ({
    url: '/api/v1/batch',
    as: asStaff,
    body: {
      operations: [
        { method: 'POST', path: '/api/v1/teams', body: { title: 'T' } },
        { method: 'POST', path: '/api/v1/people', body: { name: 'P', team: { $ref: '0/id' } } },
      ],
    },
  }),
  () => ({
    url: '/api/v1/batch',
    as: asStaff,
    body: {
      operations: [
        { method: 'POST', path: '/api/v1/teams', body: { title: 'Gone' } },
        { method: 'POST', path: '/api/v1/teams', body: { title: '' } },
      ],
    },
  }),
  () => ({ url: '/api/v1/teams?limit=100', as: asStaff }),
]

async function hold({ ask, clock }: Surface): Promise<Said[]> {
  const said: Said[] = []
  for (const turn of conversation) {
    said.push(await ask(turn(said)))
    clock.advance(1)
  }
  return said
}

describe('both engines', async () => {
  let sqlite: Surface
  let postgres: Surface | { skip: string }
  before(async () => {
    sqlite = (await openSurface(atlas, 'sqlite')) as Surface // SQLite is always there
    postgres = await openSurface(atlas, 'postgres')
  })
  after(async () => {
    await sqlite.close()
    if (!('skip' in postgres)) await postgres.close()
  })

  test('answer a whole conversation with the same bytes', async (t) => {
    if ('skip' in postgres) return t.skip(postgres.skip)
    const [here, there] = [await hold(sqlite), await hold(postgres)]

    for (const [at, one] of here.entries()) {
      const asked = conversation[at]!(here)
      const what = `${asked.method ?? ''} ${asked.url} ${JSON.stringify(asked.body ?? '')}`
      assert.equal(one.text, there[at]!.text, what)
      assert.equal(one.status, there[at]!.status, what)
      // Node writes the Date of the machine's clock, which nobody owns.
      assert.deepEqual({ ...one.headers, date: '' }, { ...there[at]!.headers, date: '' }, what)
      assert.ok(one.status < 500, `${what}: ${one.text}`)
    }
    // The conversation is worth something only if it reaches what it means to.
    const statuses = new Set(here.map(({ status }) => status))
    assert.deepEqual(
      [...statuses].toSorted((a, b) => a - b),
      [200, 201, 204, 404, 409, 412, 422],
    )
  })

  test('would be told apart if one of them ordered text by locale', async (t) => {
    if ('skip' in postgres) return t.skip(postgres.skip)
    const inOrder = (await sqlite.ask({ url: '/api/v1/things?sort=name&limit=100&fields=name' })).json.data.map(
      ({ name }) => String(name),
    )

    assert.notDeepEqual(
      inOrder,
      inOrder.toSorted((a, b) => a.localeCompare(b, 'en')),
    )
  })
})
