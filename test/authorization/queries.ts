// Anything one might ask of the app with every kind of rule: what is meant, what is not, and what is meant to pry.
import fc from 'fast-check'
import type { Ask } from '../surface/test_server.ts'
import { rowIds } from './twins.ts'

/** A question; `goesOn` takes the cursor of the list before it. */
export interface Query {
  readonly ask: Omit<Ask, 'as'>
  readonly goesOn: boolean
}

const nouns = ['people', 'dossiers', 'papers', 'letters', 'vaults', 'board', 'members', 'organizations']
/** Names of every field there is, of some that every row has, and of none. */
const names =
  'writer reviewer state desk title cost verdict hidden key rank worth label lines organization name margin parent ' +
  'body stamped keeper phone level person pinned text about vault id createdAt updatedAt version nothing'
const words = ['Alpha', 'alpha', 'Beta', 'Gamma', 'Delta', 'open', 'shut', 'draft', 'true', 'false', '0', '1', '2']
const ids = Object.values(rowIds).flat()
const missing = '01900000-0000-7000-8000-ffffffffffff'

const noun = fc.constantFrom(...nouns)
const name = fc.constantFrom(...names.split(' '))
const id = fc.constantFrom(...ids, ...ids, missing)
const value = fc.oneof(fc.constantFrom(...words, '1.00', '2.50', '%a%', 'A%'), id)
const operator = fc.constantFrom('', '[eq]', '[ne]', '[lt]', '[gte]', '[in]', '[like]', '[null]')

const parameter: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(name, operator, value).map(([field, how, what]) => `${field}${how}=${what}`) },
  { weight: 2, arbitrary: name.map((field) => `${field}[null]=true`) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('', '-'), name).map(([sign, field]) => `sort=${sign}${field}`) },
  { weight: 3, arbitrary: fc.constantFrom('limit=1', 'limit=2', 'limit=3', 'count=exact', 'count=exact') },
  { weight: 2, arbitrary: fc.constantFrom(...words).map((word) => `q=${word}`) },
  { weight: 2, arbitrary: fc.array(name, { minLength: 1, maxLength: 3 }).map((some) => `fields=${some.join()}`) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        'writer',
        'reviewer',
        'parent',
        'vault',
        'about',
        'about.writer',
        'keeper',
        'lines.person',
        'person',
      )
      .map((path) => `expand=${path}`),
  },
)

const query = fc.array(parameter, { maxLength: 3 }).map((some) => (some.length === 0 ? '' : `?${some.join('&')}`))
const inverse = fc.constantFrom('people/:/dossiers', 'people/:/reviews', 'people/:/vaults', 'papers/:/children')

const list = fc.tuple(noun, query).map(([of, asked]) => `${of}${asked}`)
const narrowed = fc.tuple(inverse, id, query).map(([path, of, asked]) => `${path.replace(':', of)}${asked}`)
const row = fc.tuple(noun, id, query).map(([of, which, asked]) => `${of}/${which}${asked}`)
const own = fc
  .constantFrom(...Object.keys(rowIds))
  .chain((of) => fc.constantFrom(...rowIds[of]!).map((which) => `${of}/${which}`))

const looking: fc.Arbitrary<Query> = fc
  .record({
    path: fc.oneof(
      { weight: 6, arbitrary: list },
      narrowed,
      row,
      own,
      own,
      own.map((path) => `${path}/history`),
    ),
    method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
    headers: fc.constantFrom({}, {}, {}, { 'if-none-match': '"1"' }, { 'if-none-match': '*' }),
    goesOn: fc.boolean(),
  })
  .map(({ path, method, headers, goesOn }) => ({ ask: { method, url: `/api/v1/${path}`, headers }, goesOn }))

const anything = fc.oneof(
  fc.constantFrom<unknown>(...words, null, true, 0, 1, [], { amount: '3.00' }, { amount: '3.00', currency: 'EUR' }),
  fc.constant<unknown>([{ what: 'x' }]),
  id,
)
/** Bodies that are often right, and sometimes set what is not theirs to set. */
const body: fc.Arbitrary<object> = fc.oneof(
  fc.constantFrom<object>({}, { title: 'Alpha' }, { body: 'Beta' }, { text: 'Gamma' }, { name: 'Delta' }),
  fc.constantFrom<object>({ text: 'Delta', pinned: true }, { cost: { amount: '3.00' } }, { title: 'x', desk: 1 }),
  fc.tuple(name, anything).map(([field, what]) => ({ [field]: what })),
  fc.dictionary(name, anything, { maxKeys: 3 }),
)

interface Write {
  readonly method: string
  readonly path: string
  readonly body?: object
}

const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ method: fc.constant('POST'), path: noun, body }),
  fc.record({ method: fc.constantFrom('PATCH', 'PUT'), path: fc.oneof(own, own, row), body }),
  fc.record({ method: fc.constant('DELETE'), path: own }),
  fc.record({
    method: fc.constant('POST'),
    path: own.map((path) => `${path}/judge`),
    body: fc.oneof(fc.constant({ verdict: 'Alpha' }), body),
  }),
  fc.record({ method: fc.constant('POST'), path: own.map((path) => `${path}/weigh`) }),
)

const preferences = fc.constantFrom({}, {}, { prefer: 'dry-run' }, { 'if-match': '"1"' }, { 'if-match': '"2"' })

const changing: fc.Arbitrary<Query> = fc.tuple(write, preferences).map(([{ method, path, body: sent }, headers]) => ({
  ask: { method, url: `/api/v1/${path}`, headers, ...(sent !== undefined && { body: sent }) },
  goesOn: false,
}))

const together: fc.Arbitrary<Query> = fc.array(write, { minLength: 1, maxLength: 3 }).map((some) => ({
  ask: {
    method: 'POST',
    url: '/api/v1/batch',
    body: { operations: some.map(({ path, ...rest }) => ({ ...rest, path: `/api/v1/${path}` })) },
  },
  goesOn: false,
}))

const plainly = (url: string): Query => ({ ask: { method: 'GET', url: `/api/v1/${url}`, headers: {} }, goesOn: false })

/** Counts of lists, and rows of one's own: what a leak is soonest seen in. */
export const counts = fc.array(
  noun.map((of) => plainly(`${of}?count=exact`)),
  { minLength: 10, maxLength: 10 },
)
export const readings = fc.array(own.map(plainly), { minLength: 20, maxLength: 20 })

/** Questions in a row. */
export const queries = (count: number): fc.Arbitrary<Query[]> =>
  fc.array(
    fc.oneof({ weight: 5, arbitrary: looking }, { weight: 3, arbitrary: changing }, { weight: 1, arbitrary: together }),
    { minLength: count, maxLength: count },
  )
