// Cross-origin calls: nothing until origins are named, and then nothing for anybody else.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Route } from './route.ts'
import { json, testDoor } from './test_door.ts'

const named = 'https://app.example'
const strangers = [
  'https://evil.example',
  'https://app.example.evil.example',
  'https://app.example:8443',
  'http://app.example',
  'https://APP.example',
  'https://app.example/',
  'null',
  'https://xapp.example',
  'https://app.example, https://evil.example',
]

const corsHeaders = (headers: Readonly<Record<string, string>>): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'))

test('without named origins no answer speaks of origins', async () => {
  const { door } = testDoor()

  for (const method of ['GET', 'OPTIONS']) {
    const headers = { origin: named, 'access-control-request-method': 'POST' }
    const answer = await door.inject({ method, url: '/items', headers })

    assert.deepEqual(corsHeaders(answer.headers), [])
    assert.equal(answer.headers['vary'], undefined)
  }
})

test('a named origin may read, with credentials, problems too', async () => {
  const { door } = testDoor({ origins: [named] })

  for (const url of ['/items', '/nothing']) {
    const answer = await door.inject({ method: 'GET', url, headers: { origin: named } })

    assert.equal(answer.headers['access-control-allow-origin'], named)
    assert.equal(answer.headers['access-control-allow-credentials'], 'true')
    assert.match(answer.headers['access-control-expose-headers'] ?? '', /ETag/)
    assert.equal(answer.headers['vary'], 'Origin')
  }
})

test('nobody else is ever repeated, and the answer still varies', async () => {
  const { door } = testDoor({ origins: [named] })

  for (const origin of strangers) {
    for (const method of ['GET', 'OPTIONS']) {
      const headers = { origin, 'access-control-request-method': 'POST' }
      const answer = await door.inject({ method, url: '/items', headers })

      assert.deepEqual(corsHeaders(answer.headers), [], origin)
      assert.equal(answer.headers['vary'], 'Origin')
    }
  }
})

test('control: an answer that repeats its caller is what the test above looks for', async () => {
  const handle: Route['handle'] = ({ headers }) =>
    json({}, 200, { 'Access-Control-Allow-Origin': headers['origin'] ?? '' })
  const { door } = testDoor({ origins: [named], routes: [{ method: 'GET', path: '/a', name: 'a', handle }] })

  const answer = await door.inject({ method: 'GET', url: '/a', headers: { origin: strangers[0] ?? '' } })

  assert.notDeepEqual(corsHeaders(answer.headers), [])
})

test('a preflight is answered 204 with the methods of that address', async () => {
  const { door } = testDoor({ origins: [named] })

  const headers = {
    origin: named,
    'access-control-request-method': 'PATCH',
    'access-control-request-headers': 'if-match',
  }
  const answer = await door.inject({ method: 'OPTIONS', url: '/items/1', headers })

  assert.equal(answer.status, 204)
  assert.equal(answer.headers['access-control-allow-methods'], 'GET, HEAD, DELETE, PATCH, OPTIONS')
  assert.match(answer.headers['access-control-allow-headers'] ?? '', /If-Match/)
  assert.equal(answer.headers['access-control-max-age'], '600')
})

test('an origin that is none is refused at start', () => {
  const wrong = [
    '*',
    'null',
    '',
    'app.example',
    'https://app.example/',
    'https://*.example',
    'HTTPS://app.example',
    'file:///a',
  ]

  for (const origin of wrong) {
    assert.throws(() => testDoor({ origins: [origin] }), TypeError, origin)
  }
})
