// The headers of every kind of answer, as a snapshot: what is sent is said here, and nothing else is sent.
import assert from 'node:assert/strict'
import test from 'node:test'
import { addVary } from './headers.ts'
import type { Route } from './route.ts'
import { json, openDoor, sampleRoutes, speak, testDoor } from './test_door.ts'

const always = [
  'X-Request-Id: *',
  'Cache-Control: no-store',
  "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options: nosniff',
  'X-Frame-Options: DENY',
  'Referrer-Policy: no-referrer',
  'Cross-Origin-Resource-Policy: same-site',
]
const close = ['Date: *', 'Connection: close']
const problem = ['Content-Type: application/problem+json', 'Content-Length: *']

/** Header lines of a raw head, what differs from request to request starred. */
function shape(head: string): string[] {
  const starred = /^(X-Request-Id|Date|Content-Length): .*/
  return head
    .split('\r\n')
    .slice(1)
    .map((line) => line.replace(starred, '$1: *'))
}

test('every kind of answer has its headers and no others', async () => {
  const boom: Route = {
    method: 'GET',
    path: '/boom',
    name: 'boom',
    handle: () => {
      throw new Error('boom')
    },
  }
  const { door, port } = await openDoor({ routes: [...sampleRoutes, boom] })
  const ask = (line: string, more = ''): string => `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`
  const body = ['Content-Type: application/json', 'Content-Length: *']
  const cases: [string, string[]][] = [
    [ask('GET /items/1'), [...always, 'ETag: "7"', ...body, ...close]],
    [ask('HEAD /items/1'), [...always, 'ETag: "7"', ...body, ...close]],
    [ask('DELETE /items/1'), [...always, ...close]],
    [ask('OPTIONS /items'), [...always, 'Allow: GET, HEAD, POST, OPTIONS', ...close]],
    [ask('GET /nothing'), [...always, ...problem, ...close]],
    [ask('PUT /items'), [...always, 'Allow: GET, HEAD, POST, OPTIONS', ...problem, ...close]],
    [ask('GET /boom'), [...always, ...problem, ...close]],
    [ask('GET /health'), [...always, ...body, ...close]],
    [ask('GET /items/%zz'), [...always, ...problem, ...close.toReversed()]],
    ['nonsense\r\n\r\n', [...always, 'Date: *', ...problem, 'Connection: close']],
    ['CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', [...always, 'Allow: ', 'Date: *', ...problem, 'Connection: close']],
  ]

  for (const [text, expected] of cases) {
    const answer = await speak(port, text)

    assert.deepEqual(shape(answer.head).toSorted(), expected.toSorted(), text)
  }
  await door.close()
})

test('what an answer says itself takes the place of the default', async () => {
  const own = { 'cache-control': 'public, max-age=60', 'Content-Security-Policy': "default-src 'self'", 'X-Other': '1' }
  const { door } = testDoor({ routes: [{ method: 'GET', path: '/a', name: 'a', handle: () => json({}, 200, own) }] })

  const answer = await door.inject({ method: 'GET', url: '/a' })

  assert.equal(answer.headers['cache-control'], 'public, max-age=60')
  assert.equal(answer.headers['content-security-policy'], "default-src 'self'")
  assert.equal(answer.headers['x-other'], '1')
  assert.equal(answer.headers['x-frame-options'], 'DENY')
})

test('an answer cannot set the framing, nor split itself by a line break', async () => {
  const bad = [
    { 'Content-Length': '1' },
    { 'transfer-encoding': 'chunked' },
    { Connection: 'keep-alive' },
    { 'X-A': 'a\r\nX-B: b' },
  ]

  for (const headers of bad) {
    const { door, lines } = testDoor({
      routes: [{ method: 'GET', path: '/a', name: 'a', handle: () => json({}, 200, headers) }],
    })

    const answer = await door.inject({ method: 'GET', url: '/a' })

    assert.equal(answer.status, 500)
    assert.equal(answer.headers['x-b'], undefined)
    assert.equal(lines.length, 1)
  }
})

test('HSTS is sent where only https is spoken, and nowhere else', async () => {
  const plain = await testDoor().door.inject({ method: 'GET', url: '/health' })
  const secure = await testDoor({ hsts: true }).door.inject({ method: 'GET', url: '/health' })

  assert.equal(plain.headers['strict-transport-security'], undefined)
  assert.equal(secure.headers['strict-transport-security'], 'max-age=63072000; includeSubDomains')
})

test('Retry-After goes with 503, WWW-Authenticate with 401, unless the problem brings its own', async () => {
  const { Problem } = await import('../../base/pure/problem.ts')
  const fail = (path: string, problem: Error): Route => ({
    method: 'GET',
    path,
    name: path,
    handle: () => {
      throw problem
    },
  })
  const { door } = testDoor({
    routes: [
      fail('/busy', new Problem('unavailable', 'Busy.')),
      fail('/later', new Problem('rate_limited', 'Later.', { headers: { 'Retry-After': '30' } })),
      fail('/who', new Problem('unauthenticated', 'Who?')),
    ],
  })

  assert.equal((await door.inject({ method: 'GET', url: '/busy' })).headers['retry-after'], '1')
  assert.equal((await door.inject({ method: 'GET', url: '/later' })).headers['retry-after'], '30')
  assert.equal((await door.inject({ method: 'GET', url: '/who' })).headers['www-authenticate'], 'Bearer')
})

test('Vary is joined, each name once', () => {
  const list = ['vary', 'Prefer, accept']
  const star = ['Vary', '*']

  addVary(list, 'Accept, Origin')
  addVary(star, 'Origin')

  assert.deepEqual(list, ['vary', 'Prefer, accept, Origin'])
  assert.deepEqual(star, ['Vary', '*'])
})
