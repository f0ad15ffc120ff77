// The door as a whole, without a socket: routes, methods, bodies, problems and the headers every answer carries.
import assert from 'node:assert/strict'
import test from 'node:test'
import { Problem } from '../../base/pure/problem.ts'
import type { Route } from './route.ts'
import { json, openDoor, testDoor } from './test_door.ts'

const boom: Route = {
  method: 'GET',
  path: '/boom',
  name: 'boom',
  handle: () => {
    throw new Error('the secret cause')
  },
}
const sold: Route = {
  method: 'GET',
  path: '/sold',
  name: 'sold',
  handle: async () => {
    throw new Problem('conflict', 'It is sold.', {
      errors: [{ pointer: '/a', code: 'required', message: 'A value is needed.' }],
    })
  },
}

test('a route answers with its body, its headers and a request id', async () => {
  const { door } = testDoor()

  const answer = await door.inject({ method: 'GET', url: '/items/abc' })

  assert.equal(answer.status, 200)
  assert.deepEqual(answer.json(), { id: 'abc' })
  assert.equal(answer.headers['etag'], '"7"')
  assert.match(answer.headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/)
})

test('a valid request id of the caller is kept, another one is replaced', async () => {
  const { door } = testDoor()

  const kept = await door.inject({ method: 'GET', url: '/items', headers: { 'x-request-id': 'abc.1' } })
  const bent = await door.inject({ method: 'GET', url: '/items', headers: { 'x-request-id': 'a b' } })

  assert.equal(kept.headers['x-request-id'], 'abc.1')
  assert.notEqual(bent.headers['x-request-id'], 'a b')
})

test('a thrown problem becomes problem details, with its fields', async () => {
  const { door } = testDoor({ routes: [sold] })

  const answer = await door.inject({ method: 'GET', url: '/sold?x=1', headers: { 'x-request-id': 'r1' } })

  assert.equal(answer.headers['content-type'], 'application/problem+json')
  assert.deepEqual(answer.json(), {
    type: 'https://plinth.dev/problems/conflict',
    title: 'The state does not allow this',
    status: 409,
    code: 'conflict',
    detail: 'It is sold.',
    instance: '/sold',
    requestId: 'r1',
    errors: [{ pointer: '/a', code: 'required', message: 'A value is needed.' }],
  })
})

test('a failure of ours tells nothing but the request id, and is logged once with its stack', async () => {
  const { door, lines } = testDoor({ routes: [boom] })

  const answer = await door.inject({ method: 'GET', url: '/boom' })

  assert.equal(answer.status, 500)
  assert.doesNotMatch(answer.text, /secret/)
  assert.equal(lines.length, 1)
  assert.equal(lines[0]?.level, 'error')
  const { error } = lines[0]?.fields ?? {}
  assert.ok(error instanceof Error)
  assert.match(error.stack ?? '', /the secret cause[^]*door\.test/)
})

test('every URL answers each method: its own, HEAD from GET, OPTIONS, and 405 with Allow', async () => {
  const { door } = testDoor()
  const cases: [string, string, number, string | undefined][] = [
    ['HEAD', '/items/1', 200, undefined],
    ['OPTIONS', '/items/1', 204, 'GET, HEAD, DELETE, PATCH, OPTIONS'],
    ['OPTIONS', '/items', 204, 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/items/1', 405, 'GET, HEAD, DELETE, PATCH, OPTIONS'],
    ['QUERY', '/items', 405, 'GET, HEAD, POST, OPTIONS'],
    ['PROPFIND', '/items', 405, 'GET, HEAD, POST, OPTIONS'],
    ['TRACE', '/items', 405, 'GET, HEAD, POST, OPTIONS'],
    ['OPTIONS', '/nothing', 404, undefined],
    ['PROPFIND', '/nothing', 404, undefined],
  ]

  for (const [method, url, status, allow] of cases) {
    const answer = await door.inject({ method, url })

    assert.equal(answer.status, status, `${method} ${url}`)
    assert.equal(answer.headers['allow'], allow, `${method} ${url}`)
    if (status >= 400) assert.equal(answer.headers['content-type'], 'application/problem+json')
  }
})

test('HEAD has the headers of GET, length included, and no body', async () => {
  const { door } = testDoor()

  const get = await door.inject({ method: 'GET', url: '/items/1', headers: { 'x-request-id': 'r' } })
  const head = await door.inject({ method: 'HEAD', url: '/items/1', headers: { 'x-request-id': 'r' } })

  const { date: _one, ...getHeaders } = get.headers
  const { date: _two, ...headHeaders } = head.headers
  assert.deepEqual(headHeaders, getHeaders)
  assert.equal(head.text, '')
})

test('no spelling of an address reaches another route', async () => {
  const { door } = testDoor()
  const urls = [
    '/items/',
    '//items',
    '/items//',
    '/Items',
    '/ITEMS/1',
    '/items/1/',
    '/items/a%2fb',
    '/%69tems',
    '/items%2f1',
    '/items/a%00',
    '/items/a%5cb',
    '/items/%ff',
    '/items;a=1',
    `/items/${'x'.repeat(101)}`,
  ]

  for (const url of urls) {
    const answer = await door.inject({ method: 'GET', url })

    assert.equal(answer.status, 404, url)
  }
})

test('a parameter is decoded, and the longest one still arrives', async () => {
  const { door } = testDoor()

  const decoded = await door.inject({ method: 'GET', url: '/items/caf%C3%A9%20a' })
  const longest = await door.inject({ method: 'GET', url: `/items/${'x'.repeat(100)}` })

  assert.deepEqual(decoded.json(), { id: 'café a' })
  assert.equal(longest.status, 200)
})

test('an address that is too long or not an address is refused', async () => {
  const { door } = testDoor()
  const cases: [string, number][] = [
    [`/items?q=${'x'.repeat(8_190)}`, 200],
    [`/items?q=${'x'.repeat(8_191)}`, 414],
    [`/${'x'.repeat(9_000)}`, 414],
    ['/items/%zz', 400],
    ['/items/%4', 400],
  ]

  for (const [url, status] of cases) {
    const answer = await door.inject({ method: 'GET', url })

    assert.equal(answer.status, status, url.slice(0, 20))
  }
})

test('bodies are taken in the declared media types alone', async () => {
  const { door } = testDoor()
  const type = (text: string): Record<string, string> => ({ 'content-type': text })
  const cases: [string, string, Record<string, string>, string | undefined, number][] = [
    ['POST', '/items', type('application/json'), '{}', 201],
    ['POST', '/items', type('Application/JSON; charset=UTF-8'), '{}', 201],
    ['POST', '/items', type('application/json; charset="utf-8"'), '{}', 201],
    ['POST', '/items', type('application/json; charset=latin1'), '{}', 415],
    ['POST', '/items', type('text/plain'), '{}', 415],
    ['POST', '/items', type('application/jsonp'), '{}', 415],
    ['POST', '/items', {}, '{}', 415],
    ['POST', '/items', { ...type('application/json'), 'content-encoding': 'gzip' }, '{}', 415],
    ['POST', '/items', { ...type('application/json'), 'content-encoding': 'identity' }, '{}', 201],
    ['POST', '/items', {}, undefined, 201],
    ['POST', '/items', type('application/json'), '', 201],
    ['PATCH', '/items/1', type('application/merge-patch+json'), '{}', 200],
    ['PATCH', '/items/1', type('application/xml'), '<a/>', 415],
    ['GET', '/items', type('application/json'), '{}', 415],
    ['HEAD', '/items', type('application/json'), '{}', 415],
    ['DELETE', '/items/1', type('application/json'), '{}', 415],
  ]

  for (const [method, url, headers, body, status] of cases) {
    const answer = await door.inject({ method, url, headers, ...(body === undefined ? {} : { body }) })

    assert.equal(answer.status, status, `${method} ${JSON.stringify(headers)} ${body}`)
    if (method === 'PATCH' && status === 415)
      assert.equal(answer.headers['accept-patch'], 'application/merge-patch+json, application/json')
  }
})

test('JSON is read as bytes: encoding, doubled keys, __proto__ and depth are refused', async () => {
  const { door } = testDoor()
  const bodies: [string, string | Uint8Array][] = [
    ['cut off', '{'],
    ['a doubled key', '{"a":1,"a":2}'],
    ['a doubled key in disguise', '{"a":1,"\\u0061":2}'],
    ['__proto__', '{"__proto__":{}}'],
    ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a byte order mark', new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d])],
    ['too deep', '['.repeat(33) + ']'.repeat(33)],
    ['two values', '{}{}'],
    ['NaN', 'NaN'],
  ]

  for (const [title, body] of bodies) {
    const answer = await door.inject({
      method: 'POST',
      url: '/items',
      headers: { 'content-type': 'application/json' },
      body,
    })

    assert.equal(answer.status, 400, title)
    assert.equal((answer.json() as { code: string }).code, 'malformed', title) // A problem body, as asserted above it.
  }
})

test('a body one byte over the limit is refused, declared or not', async () => {
  const { door } = testDoor({ limits: { bodyBytes: 10 } })
  const headers = { 'content-type': 'application/json' }

  const fits = await door.inject({ method: 'POST', url: '/items', headers, body: '"12345678"' })
  const over = await door.inject({ method: 'POST', url: '/items', headers, body: '"123456789"' })

  assert.equal(fits.status, 201)
  assert.equal(over.status, 413)
})

test('two routes cannot share a method and a URL', () => {
  const twin: Route = { method: 'GET', path: '/a', name: 'twin', handle: () => json({}) }

  assert.throws(() => testDoor({ routes: [twin, { ...twin, name: 'other' }] }), /declared by twin and by other/)
  assert.throws(() => testDoor({ routes: [{ ...twin, path: 'a' }] }), /bad path/)
  assert.throws(() => testDoor({ routes: [{ ...twin, path: '/a/*' }] }), /bad path/)
  assert.throws(() => testDoor({ routes: [{ ...twin, path: '/:a/:a' }] }), /repeats a parameter/)
})

test('a port that is taken fails the opening, and the door can still be closed', async () => {
  const first = await openDoor()
  const { door } = testDoor()

  await assert.rejects(door.listen({ port: first.port, host: '127.0.0.1' }), { code: 'EADDRINUSE' })
  await door.close()
  await first.door.close()
})

test('a fixed segment goes before a parameter, and the parameter is tried when it leads nowhere', async () => {
  const at = (path: string): Route => ({
    method: 'GET',
    path,
    name: path,
    handle: ({ params }) => json({ path, params }),
  })
  const { door } = testDoor({
    routes: [at('/a/new'), at('/a/:id'), at('/a/:id/b'), at('/a/new/c'), at('/a/:other/b/:more')],
  })
  const cases: [string, unknown][] = [
    ['/a/new', { path: '/a/new', params: {} }],
    ['/a/7', { path: '/a/:id', params: { id: '7' } }],
    ['/a/new/b', { path: '/a/:id/b', params: { id: 'new' } }],
    ['/a/new/c', { path: '/a/new/c', params: {} }],
    ['/a/new/b/2', { path: '/a/:other/b/:more', params: { other: 'new', more: '2' } }],
  ]

  for (const [url, expected] of cases) assert.deepEqual((await door.inject({ method: 'GET', url })).json(), expected)
})
