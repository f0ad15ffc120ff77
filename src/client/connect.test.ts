// The typed client: which request each call becomes, what its answers and refusals are, and what does not compile.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  action,
  app,
  choice,
  integer,
  items,
  money,
  ref,
  resource,
  role,
  signedIn,
  text,
  timestamp,
} from '../define/index.ts'
import { type Client, connect, ProblemError, tagOf } from './index.ts'

const staff = role('staff')
const authors = resource('authors', {
  fields: { name: text(), mentor: ref('authors', { optional: true }), secret: text({ private: true, default: '' }) },
  allow: { list: [signedIn], read: [signedIn], create: [staff] },
})
const books = resource('books', {
  fields: {
    title: text(),
    author: ref(authors),
    price: money('EUR'),
    state: choice(['draft', 'sold'], { readonly: true, default: 'draft' }),
    printedAt: timestamp({ optional: true }),
    parts: items({ editor: ref(authors), pages: integer() }),
  },
  allow: { list: [signedIn], read: [signedIn], create: [staff], update: [staff], delete: [staff] },
})
const sell = action(books, 'sell', {
  allow: [signedIn],
  input: { copies: integer() },
  output: { left: integer() },
  run: async ({ input }) => ({ left: input.copies }),
})
const burn = action(books, 'burn', { allow: [staff], output: 'nothing', run: async () => {} })
const order = action(books, 'order', {
  on: 'collection',
  allow: [signedIn],
  input: { at: timestamp() },
  run: async ({ tx, input }) => (await tx.find(books, { printedAt: input.at }))[0]!,
})
const library = app('library', { authors, books, sell, burn, order })

interface Seen {
  readonly url: string
  readonly init: RequestInit
}

function connected(answer: () => Response): { client: Client<typeof library>; seen: Seen[] } {
  const seen: Seen[] = []
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    seen.push({ url, init })
    return answer()
  }
  return { client: connect<typeof library>('https://books.example/', { token: 'secret', fetch }), seen }
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  })

const lineOf = ({ url, init }: Seen): string =>
  `${init.method} ${url.slice('https://books.example'.length)} ${typeof init.body === 'string' ? init.body : '-'}`

test('each call becomes the request of the surface', async () => {
  const { client, seen } = connected(() => json({ data: [], next: null }))
  const price = { amount: '1.00', currency: 'EUR' } as const

  await client.books.list({ where: { price: { gte: '1.00' } }, sort: '-id', limit: 5 })
  await client.books.get('7', { expand: ['parts.editor.mentor'] })
  await client.books.create({ title: 'A', author: '1', price, parts: [{ editor: '1', pages: 3 }] })
  await client.books.update('7', { title: 'B' })
  await client.books.replace('7', { title: 'B', author: '1', price, parts: [] })
  await client.books.delete('7')
  await client.books.sell('7', { copies: 2 })
  await client.books.burn('7')
  await client.books.order({ at: '2026-01-01T00:00:00.000Z' })

  assert.deepEqual(seen.map(lineOf), [
    'GET /api/v1/books?price[gte]=1.00&sort=-id&limit=5 -',
    'GET /api/v1/books/7?expand=parts.editor.mentor -',
    `POST /api/v1/books {"title":"A","author":"1","price":${JSON.stringify(price)},"parts":[{"editor":"1","pages":3}]}`,
    'PATCH /api/v1/books/7 {"title":"B"}',
    'PUT /api/v1/books/7 {"title":"B","author":"1","price":{"amount":"1.00","currency":"EUR"},"parts":[]}',
    'DELETE /api/v1/books/7 -',
    'POST /api/v1/books/7/sell {"copies":2}',
    'POST /api/v1/books/7/burn -',
    'POST /api/v1/books/order {"at":"2026-01-01T00:00:00.000Z"}',
  ])
  assert.equal(new Headers(seen[3]!.init.headers).get('Content-Type'), 'application/merge-patch+json')
  assert.ok(seen.every(({ init }) => new Headers(init.headers).get('Authorization') === 'Bearer secret'))
})

test('what is said beside the data goes into headers', async () => {
  const { client, seen } = connected(() => json({}))

  await client.books.update('7', {}, { ifMatch: '"1"', dryRun: true, idempotencyKey: 'k' })

  const headers = new Headers(seen[0]!.init.headers)
  assert.equal(headers.get('If-Match'), '"1"')
  assert.equal(headers.get('Prefer'), 'dry-run')
  assert.equal(headers.get('Idempotency-Key'), 'k')
})

test('the tag of a row is kept beside it', async () => {
  const { client } = connected(() => json({ id: '7' }, 200, { ETag: '"3"' }))

  const book = await client.books.get('7')

  assert.equal(tagOf(book), '"3"')
  assert.equal(tagOf({}), undefined)
  assert.deepEqual(Object.keys(book), ['id'])
})

test('a list is walked to its end, over pages that are short or empty', async () => {
  const pages = [
    { data: [{ id: '1' }], next: 'a' },
    { data: [], next: 'b' },
    { data: [{ id: '2' }], next: null },
  ]
  const { client, seen } = connected(() => json(pages.shift()))

  const ids: string[] = []
  for await (const { id } of client.books.each({ limit: 1 })) ids.push(id)

  assert.deepEqual(ids, ['1', '2'])
  assert.deepEqual(
    seen.map(({ url }) => url.split('?')[1]),
    ['limit=1', 'limit=1&after=a', 'limit=1&after=b'],
  )
})

test('a refusal is an error with its code, its values and when to come back', async () => {
  const errors = [{ pointer: '/title', code: 'required', message: 'A value is needed.' }]
  const body = { status: 422, code: 'invalid', detail: '1 value needs to be changed.', errors }
  const { client } = connected(() => json(body, 422, { 'X-Request-Id': 'r1', 'Retry-After': '3' }))

  await assert.rejects(client.books.get('7'), (error) => {
    assert.ok(error instanceof ProblemError)
    const { status, code, message, requestId, retryAfter } = error
    assert.deepEqual(
      { status, code, message, requestId, retryAfter },
      { status: 422, code: 'invalid', message: body.detail, requestId: 'r1', retryAfter: 3 },
    )
    assert.deepEqual(error.errors, errors)
    return true
  })
})

test('an answer from something before the app is an error too', async () => {
  const { client } = connected(() => new Response('<html>Bad gateway</html>', { status: 502 }))

  await assert.rejects(client.books.get('7'), { name: 'ProblemError', status: 502, code: 'unknown' })
})

test('a client may be awaited and passed through promises', async () => {
  const { client, seen } = connected(() => json({}))

  assert.equal(await Promise.resolve(client), client)
  assert.equal(await Promise.resolve(client.books), client.books)
  assert.equal(seen.length, 0)
})

// Never called: the compiler is the test. Each refusal stands beside its twin that compiles.
export async function typesOf(client: Client<typeof library>): Promise<void> {
  const book = await client.books.get('7')
  const at: string | null = book.printedAt
  const state: 'draft' | 'sold' = book.state
  // @ts-expect-error -- a row on the wire has texts, not dates
  const date: Date = book.printedAt
  // @ts-expect-error -- what is private is not on the wire
  await client.authors.get('1').then((author) => author.secret)

  const wide = await client.books.get('7', { expand: ['author.mentor', 'parts.editor'] })
  if ('name' in wide.author && wide.author.mentor !== null && 'name' in wide.author.mentor)
    wide.author.mentor.name.trim()
  if ('name' in wide.parts[0]!.editor) wide.parts[0]!.editor.name.trim()
  // @ts-expect-error -- a reference that was not expanded is an id
  book.author.name.trim()
  // @ts-expect-error -- what the caller may not read stays an id, so the name must be asked for
  wide.author.name.trim()
  // @ts-expect-error -- there is no such reference
  await client.books.get('7', { expand: ['publisher'] })
  // @ts-expect-error -- there is none below the author either
  await client.books.get('7', { expand: ['author.publisher'] })
  // @ts-expect-error -- a path that ends in items names no reference
  await client.books.get('7', { expand: ['parts'] })

  const few = await client.books.list({ fields: ['title'] })
  few.data[0]!.title.trim()
  few.data[0]!.id.trim()
  // @ts-expect-error -- only the fields asked for are there
  few.data[0]!.price.amount.trim()
  // @ts-expect-error -- a sort by a field that is not there
  await client.books.list({ sort: '-pages' })
  // @ts-expect-error -- a filter by another type
  await client.books.list({ where: { state: 'lost' } })

  // @ts-expect-error -- the server sets the state
  await client.books.update('7', { state: 'sold' })
  // @ts-expect-error -- the author is required
  await client.books.create({ title: 'A', price: book.price, parts: [] })
  // @ts-expect-error -- the input of the action is required
  await client.books.sell('7')
  const left: number = (await client.books.sell('7', { copies: 1 })).left
  const nothing: void = await client.books.burn('7')
  // @ts-expect-error -- an action on the collection has no id
  await client.books.order('7', { at: '2026-01-01T00:00:00.000Z' })
  // @ts-expect-error -- there is no such action
  await client.books.lend('7')
  // @ts-expect-error -- there is no such resource
  await client.films.list()
  void [at, state, date, left, nothing]
}
