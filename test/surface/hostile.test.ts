// Hostile values in every field and parameter: a 4xx that names the place, never a 500, nothing written, nobody harmed.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import atlas from './test_app.ts'
import { openSurface, type Surface, tokenOf } from './test_server.ts'

const ann = '01900000-0000-7000-8000-00000000000a'
const asAnn = tokenOf('member', ann)

/** JSON texts, because some of them cannot be written as values. */
const everywhere = [
  '[]',
  '{}',
  '[[1]]',
  '{"__class__":1}',
  'true',
  '1e400',
  '-1e400',
  '9007199254740993',
  '-0',
  '1.5',
  '"NaN"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00x"',
  '""',
  '{"toString":1}',
  '{"valueOf":{}}',
  '{"$ne":null}',
  '{"length":1}',
  '[null]',
  `"${'x'.repeat(200_000)}"`,
  '"\'; drop table things; --"',
]

/** What each field takes of the list above, because it is a value of it; everything else must be refused. */
const fields: Readonly<Record<string, readonly string[]>> = {
  name: ['"NaN"', '"\'; drop table things; --"'],
  label: ['"NaN"', '"\'; drop table things; --"', '""'],
  mail: [],
  page: [],
  path: [],
  code: [],
  count: [],
  big: [],
  weight: [],
  done: ['true'],
  state: [],
  at: [],
  day: [],
  price: [],
  extra: [
    '[]',
    '{}',
    '[[1]]',
    '{"__class__":1}',
    'true',
    '1.5',
    '"NaN"',
    '""',
    '{"toString":1}',
    '{"valueOf":{}}',
    '{"$ne":null}',
    '{"length":1}',
    '[null]',
    '"\'; drop table things; --"',
  ],
  parts: ['[]'],
  parent: [],
}

/** Values that only one field can judge, both sides of its bounds and more. */
const own: Readonly<Record<string, readonly string[]>> = {
  name: ['null', `"${'x'.repeat(41)}"`, '5'],
  mail: ['"a"', '"a@b@c.d"', '"a@b.c\\r\\nBcc: x@y.z"', '"@b.c"', `"${'a'.repeat(65)}@b.cd"`],
  page: ['"javascript:alert(1)"', '"http://u:p@x.y"', '"//x.y"', '"http://"'],
  path: ['"A"', '"a--b"', '"-a"', '"a/b"', '"ä"'],
  code: ['"AB"', '"ABCDEFGHI"', '"ab-1"'],
  count: ['-6', '11', '"5"', '1e2', 'null'],
  big: ['9223372036854775807', '"9223372036854775808"', '"-9223372036854775809"', '"1.0"', '"01"', '"+1"', '"1e3"'],
  weight: ['1', '"-0.001"', '"1000.001"', '"1.0000"', '"1e2"', '".5"', '"1."', '" 1"'],
  at: [
    '"2026-02-31T00:00:00Z"',
    '"2026-01-01"',
    '"2026-01-01T00:00:00"',
    '"2026-01-01T24:00:00Z"',
    '"2026-01-01T00:00:60Z"',
    '"2026-01-01T00:00:00.0001Z"',
    '"+012026-01-01T00:00:00Z"',
    '0',
  ],
  day: ['"2026-02-31"', '"2025-02-29"', '"2026-13-01"', '"26-01-01"', '"2026-1-1"'],
  price: [
    '{"amount":"1"}',
    '{"amount":"1.001","currency":"USD"}',
    '{"amount":1,"currency":"USD"}',
    '{"amount":"1","currency":"EUR"}',
    '{"amount":"-0.01","currency":"USD"}',
    '{"amount":"1","currency":"USD","x":1}',
    '{"amount":"99999999999999999999","currency":"USD"}',
  ],
  parts: [
    '[{}]',
    '[{"what":"x","many":0}]',
    '[{"what":"x","many":100}]',
    '[1]',
    '[{"what":"x","zzz":1}]',
    '[{"what":"x"},{"what":"x"},{"what":"x"},{"what":"x"}]',
    '[{"what":"x","of":"00000000-0000-7000-8000-000000000000"}]',
  ],
  parent: [
    '"00000000-0000-7000-8000-000000000000"',
    '"01900000-0000-7000-8000-00000000000A"',
    '"../things"',
    '"%2e%2e"',
  ],
}

const wholeBodies = [
  '',
  'null',
  '[]',
  '5',
  '"x"',
  '{',
  '{"name":"a","name":"b"}',
  '{"name":"a","\\u006eame":"b"}',
  '{"__proto__":{"x":1}}',
  '{"name":"a","constructor":{"prototype":{}}}',
  '{"name":"a","hidden":"x"}',
  '{"name":"a","key":"x"}',
  '{"name":"a","worth":null}',
  '{"name":"a","title":"x"}',
  '{"name":"a","id":"01900000-0000-7000-8000-00000000000a"}',
  '{"name":"a","createdAt":"2020-01-01T00:00:00Z"}',
  '{"name":"a","version":7}',
  '{"name":"a","cost":1}',
  '\ufeff{"name":"a"}',
  '{"name":NaN}',
  `${'['.repeat(50)}${']'.repeat(50)}`,
]

const parameters: readonly string[] = [
  'limit=0',
  'limit=101',
  'limit=-1',
  'limit=1e1',
  'limit=',
  'limit=x',
  'limit=1&limit=2',
  'sort=',
  'sort=nope',
  'sort=hidden',
  'sort=-',
  'sort=name,-count',
  'sort=parts',
  'sort=cost',
  'after=',
  'after=x',
  'after=v1.AAAA.BBBB',
  'after=%00',
  'nope=1',
  'hidden=canary-hidden',
  'hidden[like]=c%25',
  'key=x',
  'cost=1',
  'cost[gte]=0',
  'title=x',
  'parts=x',
  'extra=1',
  'version=1',
  '__proto__=1',
  'constructor=1',
  'name[zz]=1',
  'name[like]=',
  'name[like]=%25%25%25%25%25%25',
  'name[in]=' + 'a,'.repeat(101),
  'name[eq][eq]=1',
  'name[]=1',
  'count=x',
  'count=1.5',
  'count=9007199254740993',
  'done=1',
  'done=TRUE',
  'state=nope',
  'at=2026-02-31T00:00:00Z',
  'at=now',
  'day=2026-02-31',
  'price=x',
  'price=1.001',
  'price[like]=1',
  'big=x',
  'big=9223372036854775808',
  'weight=1e2',
  'parent=x',
  'parent=01900000-0000-7000-8000-00000000000A',
  'id=x',
  'createdAt=x',
  'name=%00',
  'name=%ED%A0%80',
  'name=%zz',
  'name=%ff',
  'q=',
  'q=!!!',
  'q=%00',
  'q=w%20x%20y%20z%20a%20b%20c%20d%20e',
  'fields=',
  'fields=nope',
  'fields=hidden',
  'fields=cost',
  'expand=',
  'expand=nope',
  'expand=name',
  'expand=parts',
  'expand=parent.parent.parent.parent',
  'expand=constructor',
  'count=exact',
  'price[null]=maybe',
  'name[like]=x%5C',
]

for (const engine of ['sqlite', 'postgres'] as const) {
  describe(`hostile values on ${engine}`, async () => {
    const opened = await openSurface(atlas, engine)
    if ('skip' in opened) {
      test('are refused', { skip: opened.skip }, () => {})
      return
    }
    const surface: Surface = opened
    let rows = 0
    const counted = async (): Promise<number> => {
      const { data } = (await surface.ask({ url: '/api/v1/things?limit=100&fields=id' })).json
      return data.length
    }
    before(async () => {
      assert.equal(
        (await surface.ask({ url: '/api/v1/things', as: asAnn, body: { name: 'the only one', path: 'only' } })).status,
        201,
      )
      rows = await counted()
    })
    after(() => surface.close())

    for (const [field, taken] of Object.entries(fields)) {
      test(`${field} refuses what is not its own`, async () => {
        const values = [...everywhere.filter((value) => !taken.includes(value)), ...(own[field] ?? [])]
        for (const value of values) {
          const body = field === 'name' ? `{"name":${value}}` : `{"name":"a","${field}":${value}}`
          const { status, json, text } = await surface.ask({ url: '/api/v1/things', as: asAnn, body })
          const what = `${field} = ${value.slice(0, 60)} answered ${status} ${text.slice(0, 200)}`
          assert.ok(status === 422 || (status === 400 && /[\\]ud|[\\]u0000/.test(value)), what)
          if (status === 422)
            assert.ok(
              json.errors.some(({ pointer }) => pointer.startsWith(`/${field}`)),
              what,
            )
        }
        assert.equal(await counted(), rows, 'nothing was written')
      })
    }

    test('bodies that are no body are refused', async () => {
      for (const body of wholeBodies) {
        const { status, text } = await surface.ask({ url: '/api/v1/things', as: asAnn, body })
        assert.ok([400, 403, 422].includes(status), `${body.slice(0, 60)} answered ${status} ${text.slice(0, 200)}`)
      }
      assert.equal(await counted(), rows, 'nothing was written')
    })

    test('parameters are refused and named', async () => {
      for (const parameter of parameters) {
        const { status, text, json } = await surface.ask({ url: `/api/v1/things?${parameter}` })
        const what = `?${parameter.slice(0, 60)} answered ${status} ${text.slice(0, 200)}`
        assert.equal(parameter === 'count=exact' ? 200 : 400, status, what)
        if (status === 400) assert.equal(json['code'], 'malformed', what)
      }
    })

    test("another list's cursor, and one that was bent, are refused", async () => {
      for (const name of ['x', 'y', 'z']) await surface.ask({ url: '/api/v1/things', as: asAnn, body: { name } })
      rows = await counted()
      const next = String((await surface.ask({ url: '/api/v1/things?limit=1&sort=name' })).json['next'])
      assert.equal((await surface.ask({ url: `/api/v1/things?limit=1&sort=name&after=${next}` })).status, 200)
      const bent = [next.slice(0, -2), `${next}A`, next.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))]
      for (const url of [
        `things?sort=-name&after=${next}`,
        `things?after=${next}`,
        `things?sort=name&done=true&after=${next}`,
        ...bent.map((cursor) => `things?sort=name&after=${cursor}`),
      ]) {
        assert.equal((await surface.ask({ url: `/api/v1/${url}` })).status, 400, url)
      }
      assert.equal((await surface.ask({ url: `/api/v1/people?after=${next}`, as: asAnn })).status, 400)
    })

    test('ids that are none are not there, and a private field is nowhere', async () => {
      for (const id of [
        'x',
        '1',
        '%00',
        '..%2fpeople',
        '01900000-0000-7000-8000-00000000000A',
        'x'.repeat(99),
        '%ff',
        '{id}',
      ]) {
        const { status } = await surface.ask({ url: `/api/v1/things/${id}` })
        assert.ok(status === 404 || status === 400, `${id} answered ${status}`)
      }
      const { text } = await surface.ask({ url: '/api/v1/things?limit=100' })
      assert.ok(!text.includes('canary-hidden'))
      assert.ok(!surface.lines.join('').includes('canary-hidden'))
    })

    test('a field that a rule hides is not told by filter, sort, fields or answer', async () => {
      const staff = tokenOf('staff', '01900000-0000-7000-8000-0000000000ff')
      const { json } = await surface.ask({ url: '/api/v1/things', as: staff, body: { name: 'dear', cost: 42 } })
      assert.equal(json['cost'], 42)
      assert.equal('cost' in (await surface.ask({ url: `/api/v1/things/${String(json['id'])}` })).json, false)
      assert.equal((await surface.ask({ url: '/api/v1/things?cost=42', as: staff })).status, 200)
    })
  })
}
