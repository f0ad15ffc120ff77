// Which representation and which coding a caller gets, as tables, and that bad preferences harm nobody.
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { chooseEncoding, chooseType } from './negotiate.ts'
import { testDoor } from './test_door.ts'

test('the media type follows Accept with its weights, the most specific range first', () => {
  const json = ['application/json']
  const both = ['application/json', 'text/csv']
  const cases: [string | undefined, readonly string[], string | undefined][] = [
    [undefined, json, 'application/json'],
    ['', json, 'application/json'],
    ['*/*', json, 'application/json'],
    ['application/json', json, 'application/json'],
    ['APPLICATION/JSON', json, 'application/json'],
    ['application/json;charset=utf-8', json, 'application/json'],
    ['application/*', json, 'application/json'],
    ['text/html, application/json;q=0.1', json, 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', json, 'application/json'],
    ['application/json, application/problem+json', json, 'application/json'],
    ['application/problem+json', json, undefined],
    ['text/html', json, undefined],
    ['application/json;q=0', json, undefined],
    ['application/json;q=0.000, */*', json, undefined],
    ['*/*;q=0', json, undefined],
    ['application/*;q=0, */*', json, undefined],
    ['application/jso', json, undefined],
    ['text/csv', both, 'text/csv'],
    ['text/csv;q=0.5, application/json;q=0.4', both, 'text/csv'],
    ['text/csv;q=0.5, application/json;q=0.5', both, 'application/json'],
    ['*/*, application/json;q=0.1', both, 'text/csv'],
    ['*/*;q=0.1, text/*;q=0.2', both, 'text/csv'],
    ['text/csv;q=2', both, 'text/csv'],
    ['text/csv;q=nonsense', both, 'text/csv'],
    [',;,=;q', both, undefined],
  ]

  for (const [accept, offers, expected] of cases) assert.equal(chooseType(accept, offers), expected, String(accept))
})

test('the coding follows Accept-Encoding with its weights', () => {
  const offers = ['br', 'zstd', 'gzip'] as const
  const cases: [string | undefined, string][] = [
    [undefined, 'identity'],
    ['', 'identity'],
    ['identity', 'identity'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0.8', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['br;q=0, *', 'zstd'],
    ['gzip;q=0.5, identity', 'identity'],
    ['gzip;q=0.5, identity;q=0.4', 'gzip'],
    ['gzip;q=0', 'identity'],
    ['deflate', 'identity'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'identity'],
  ]

  for (const [accept, expected] of cases) assert.equal(chooseEncoding(accept, offers), expected, String(accept))
})

test('whatever a caller writes, the answer is an offer or none, and comes at once', () => {
  const piece = fc.constantFrom(
    '*/*',
    'text/*',
    'application/json',
    ';q=',
    '0.',
    ',',
    ';',
    'q',
    '=',
    ' ',
    '"',
    '1',
    '/',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      const chosen = chooseType(pieces.join(''), ['application/json'])
      return chosen === undefined || chosen === 'application/json'
    }),
  )

  const before = process.threadCpuUsage()
  chooseType('a/b;q=0.1;'.repeat(1_600) + ','.repeat(1_000), ['application/json'])
  const { user, system } = process.threadCpuUsage(before)
  assert.ok(user + system < 20_000, `it took ${user + system} µs`)
})

test('a problem is sent as a problem, whatever was asked for', async () => {
  const { door } = testDoor()

  for (const accept of ['text/html', 'application/json', 'image/*']) {
    const answer = await door.inject({ method: 'GET', url: '/nothing', headers: { accept } })

    assert.equal(answer.headers['content-type'], 'application/problem+json')
  }
})

test('an answer of several types says that it varies', async () => {
  const handle = () => ({ status: 200, headers: {}, body: 'a', type: 'text/csv' })
  const { door } = testDoor({
    routes: [{ method: 'GET', path: '/a', name: 'a', produces: ['application/json', 'text/csv'], handle }],
  })

  const answer = await door.inject({ method: 'GET', url: '/a', headers: { accept: 'text/csv' } })

  assert.equal(answer.headers['vary'], 'Accept')
})
