// What arrives that is not quite HTTP: spoken byte by byte to an open port, each answered with a problem or refused.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { after, before, describe } from 'node:test'
import { headerOf, openDoor, speak, type TestDoor } from './test_door.ts'

const H = 'Host: x\r\n'
const C = 'Connection: close\r\n'
const J = 'Content-Type: application/json\r\n'
const get = (target: string, headers = H + C, version = 'HTTP/1.1'): string =>
  `GET ${target} ${version}\r\n${headers}\r\n`
const post = (headers: string, body = ''): string => `POST /items HTTP/1.1\r\n${H}${J}${headers}\r\n${body}`
const many = (count: number): string => Array.from({ length: count }, (_none, index) => `A${index}: b\r\n`).join('')

/** Title, what is sent, the status that must come. */
const addresses: [string, string, number][] = [
  ['a plain request', get('/items/1'), 200],
  ['HTTP/1.0 without Host', get('/items/1', '', 'HTTP/1.0'), 200],
  ['HTTP/0.9', 'GET /items/1\r\n\r\n', 400],
  ['HTTP/2.0 in text', get('/items/1', H + C, 'HTTP/2.0'), 400],
  ['an unknown version', get('/items/1', H + C, 'HTTP/1.7'), 400],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['TLS on the plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['no Host', get('/items/1', C), 400],
  ['two Hosts', get('/items/1', H + H + C), 400],
  ['two different Hosts', get('/items/1', `${H}Host: y\r\n${C}`), 400],
  ['an empty Host', get('/items/1', `Host:\r\n${C}`), 400],
  ['a Host with a path', get('/items/1', `Host: x/y\r\n${C}`), 400],
  ['a Host with userinfo', get('/items/1', `Host: a@x\r\n${C}`), 400],
  ['a Host with a port', get('/items/1', `Host: x.example:8080\r\n${C}`), 200],
  ['a Host that is an IPv6 address', get('/items/1', `Host: [::1]:80\r\n${C}`), 200],
  ['the whole URL', get('http://x/items/1'), 200],
  ['the whole URL of another host', get('http://evil/items/1'), 400],
  ['the whole URL with userinfo', get('http://x@evil/items/1'), 400],
  ['another scheme', get('ftp://x/items/1'), 400],
  ['a target without a slash', get('items/1'), 400],
  ['a fragment', get('/items/1#top'), 400],
  ['a raw byte beyond ASCII', get('/items/\xe9'), 400],
  ['a blank in the target', get('/items/a b'), 400],
  ['a bad escape', get('/items/%zz'), 400],
  ['a NUL in an escape', get('/items/%00'), 404],
  ['dots in the path', get('/x/../items'), 404],
  ['escaped dots', get('/items/%2e%2e/items'), 404],
  ['a double slash', get('//items'), 404],
  ['a double slash that looks like a host', get('//x/items'), 404],
  ['a trailing slash', get('/items/'), 404],
  ['another case', get('/ITEMS'), 404],
  ['an escaped slash', get('/items/a%2fb'), 404],
  ['a parameter that is too long', get(`/items/${'x'.repeat(101)}`), 404],
  ['a query that is too long', get(`/items?${'x'.repeat(8_193)}`), 414],
  ['GET *', get('*'), 400],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${H}${C}\r\n`, 204],
]

const methods: [string, string, number][] = [
  ['a method nobody knows', `FOO /items HTTP/1.1\r\n${H}\r\n`, 400],
  ['a method in lower case', `get /items HTTP/1.1\r\n${H}\r\n`, 400],
  ['PROPFIND', `PROPFIND /items HTTP/1.1\r\n${H}${C}\r\n`, 405],
  ['TRACE', `TRACE /items HTTP/1.1\r\n${H}${C}\r\n`, 405],
  ['CONNECT', `CONNECT x:1 HTTP/1.1\r\n${H}\r\n`, 405],
  ['QUERY', `QUERY /items HTTP/1.1\r\n${H}Content-Length: 0\r\n${C}\r\n`, 405],
  ['QUERY with a body', `QUERY /items HTTP/1.1\r\n${H}${J}Content-Length: 2\r\n${C}\r\n{}`, 405],
  ['PUT where there is none', `PUT /items HTTP/1.1\r\n${H}${C}\r\n`, 405],
  ['an Upgrade', get('/items/1', `${H}Connection: Upgrade, close\r\nUpgrade: h2c\r\n`), 200],
  ['a WebSocket where there is none', get('/items/1', `${H}Connection: close, Upgrade\r\nUpgrade: websocket\r\n`), 200],
  ['an expectation nobody knows', post(`Expect: magic\r\nContent-Length: 2\r\n${C}`, '{}'), 417],
  ['an Accept that cannot be met', get('/items/1', `${H}${C}Accept: text/html\r\n`), 406],
]

/** Two readings of where a message ends are how requests are smuggled: each must end the connection (INCIDENTS 44). */
const smuggling: [string, string, number][] = [
  ['CL and TE', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['TE and CL', post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'), 400],
  ['two lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n', '{}'), 400],
  ['two equal lengths', post('Content-Length: 2\r\nContent-Length: 2\r\n', '{}'), 400],
  ['a list of lengths', post('Content-Length: 2, 2\r\n', '{}'), 400],
  ['a signed length', post('Content-Length: +2\r\n', '{}'), 400],
  ['a negative length', post('Content-Length: -1\r\n', '{}'), 400],
  ['a hexadecimal length', post('Content-Length: 0x2\r\n', '{}'), 400],
  ['a length that overflows', post('Content-Length: 99999999999999999999\r\n', '{}'), 400],
  ['an empty length', post('Content-Length:\r\n', '{}'), 400],
  ['TE that is not chunked', post('Transfer-Encoding: gzip\r\n', '{}'), 400],
  ['TE with chunked not last', post('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n'), 400],
  ['TE twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['TE identity, chunked', post('Transfer-Encoding: identity, chunked\r\n', '0\r\n\r\n'), 400],
  ['TE misspelled', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), 400],
  ['TE with a vertical tab', post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'), 400],
  ['TE in HTTP/1.0', `POST /items HTTP/1.0\r\n${H}${J}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a blank before the colon', post('Content-Length : 2\r\n', '{}'), 400],
  ['a folded header', post('X-A: b\r\n c\r\nContent-Length: 2\r\n', '{}'), 400],
  ['a header without a name', post(': b\r\nContent-Length: 2\r\n', '{}'), 400],
  ['a header without a colon', post('X-A\r\nContent-Length: 2\r\n', '{}'), 400],
  ['a NUL in a header', post('X-A: a\x00b\r\nContent-Length: 2\r\n', '{}'), 400],
  ['a bare CR in a header', post('X-A: a\rContent-Length: 0\r\nContent-Length: 2\r\n', '{}'), 400],
  ['bare line feeds', `GET /items/1 HTTP/1.1\nHost: x\n\n`, 400],
  ['a chunk size that is none', post('Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n'), 400],
  ['a signed chunk size', post('Transfer-Encoding: chunked\r\n', '+2\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk size that overflows', post('Transfer-Encoding: chunked\r\n', 'fffffffffffffffff\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk longer than it says', post('Transfer-Encoding: chunked\r\n', '1\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk ended by a bare line feed', post('Transfer-Encoding: chunked\r\n', '2\n{}\r\n0\r\n\r\n'), 400],
]

const sizes: [string, string, number][] = [
  ['100 headers', get('/items/1', H + C + many(98)), 200],
  ['101 headers', get('/items/1', H + C + many(99)), 431],
  ['3,000 headers', get('/items/1', H + C + many(3_000)), 431],
  ['a header of 20 KB', get('/items/1', `${H}${C}X: ${'y'.repeat(20_000)}\r\n`), 431],
  ['an address of 20 KB', get(`/${'y'.repeat(20_000)}`), 431],
  ['a length over the limit', post(`Content-Length: 2000000\r\n`, '{'), 413],
  [
    'chunks over the limit',
    post('Transfer-Encoding: chunked\r\n', `110000\r\n${'x'.repeat(0x11_0000)}\r\n0\r\n\r\n`),
    413,
  ],
  [
    'a chunk extension of 20 KB',
    post('Transfer-Encoding: chunked\r\n', `2;a=${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    413,
  ],
  ['a body in chunks', post(`Transfer-Encoding: chunked\r\n${C}`, '1\r\n{\r\n1\r\n}\r\n0\r\n\r\n'), 201],
  ['no bytes in chunks', post(`Transfer-Encoding: chunked\r\n${C}`, '0\r\n\r\n'), 201],
  ['a body where none is taken', `GET /items/1 HTTP/1.1\r\n${H}${J}Content-Length: 2\r\n${C}\r\n{}`, 415],
  [
    'a chunked body where none is taken',
    `DELETE /items/1 HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n${C}\r\n0\r\n\r\n`,
    415,
  ],
  ['a body without a type', `POST /items HTTP/1.1\r\n${H}Content-Length: 2\r\n${C}\r\n{}`, 415],
  ['a header called __proto__', get('/items/1', `${H}${C}__proto__: 1\r\nconstructor: 1\r\nprototype: 1\r\n`), 200],
]

describe('over a bare socket', () => {
  let open: TestDoor & { readonly port: number }
  before(async () => {
    open = await openDoor()
  })
  after(() => open.door.close())

  for (const [title, text, status] of [...addresses, ...methods, ...smuggling, ...sizes]) {
    test(`${title} is answered ${status}`, async () => {
      const answer = await speak(open.port, Buffer.from(text, 'latin1'))

      assert.equal(answer.status, status, answer.all.slice(0, 300))
      if (status >= 400) assertProblem(answer, status)
      assert.ok(headerOf(answer.head, 'X-Request-Id'))
      assert.equal(headerOf(answer.head, 'X-Content-Type-Options'), 'nosniff')
    })
  }

  test('no smuggled second request is ever answered', async () => {
    const hidden = 'GET /items/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'

    for (const [title, text] of smuggling) {
      const answer = await speak(open.port, Buffer.from(text + hidden, 'latin1'), 500)

      assert.doesNotMatch(answer.all, /"smuggled"/, title)
      assert.equal(headerOf(answer.head, 'Connection'), 'close', title)
    }
  })

  test('control: a bare Node server lets through what the door refuses', async () => {
    const bare = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1')
    await new Promise((resolve) => bare.once('listening', resolve))
    // Listening on an address, so it is no pipe.
    const { port } = bare.address() as AddressInfo
    const passed: string[] = []

    for (const [title, text, status] of addresses) {
      const answer = await speak(port, Buffer.from(text, 'latin1'), 500)
      if (status >= 400 && answer.status === 200) passed.push(title)
    }
    bare.closeAllConnections()
    bare.close()

    assert.ok(
      passed.includes('HTTP/0.9') && passed.includes('two Hosts') && passed.includes('dots in the path'),
      passed.join(),
    )
  })
})

function assertProblem(answer: { readonly head: string; readonly body: string }, status: number): void {
  assert.equal(headerOf(answer.head, 'Content-Type'), 'application/problem+json')
  const body: unknown = JSON.parse(answer.body)
  assert.ok(body !== null && typeof body === 'object' && 'status' in body && 'requestId' in body)
  assert.equal(body.status, status)
  assert.equal(body.requestId, headerOf(answer.head, 'X-Request-Id'))
}
