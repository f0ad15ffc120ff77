// The request's one line in the log: what it holds, what it never holds, and that there is exactly one.
import assert from 'node:assert/strict'
import test from 'node:test'
import { createLog } from '../../base/log.ts'
import type { Route } from './route.ts'
import { json, openDoor, sampleRoutes, speak, testDoor } from './test_door.ts'

test('a request has one line with its ids, route, status, size and time', async () => {
  const { door, port, lines } = await openDoor()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  const headers = `Host: x\r\nX-Request-Id: r9\r\ntraceparent: ${traceparent}\r\nConnection: close\r\n`
  await speak(port, `GET /items/9?token=abc HTTP/1.1\r\n${headers}\r\n`)

  assert.equal(lines.length, 1)
  const { durationMs, ...fields } = lines[0]?.fields ?? {}
  assert.equal(typeof durationMs, 'number')
  assert.deepEqual(fields, {
    requestId: 'r9',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    method: 'GET',
    path: '/items/9',
    route: 'items.read',
    status: 200,
    bytes: 10,
    address: '127.0.0.1',
  })
  assert.equal(lines[0]?.level, 'info')
  await door.close()
})

test('every end a request can come to has exactly one line with its status', async () => {
  const boom: Route = {
    method: 'GET',
    path: '/boom',
    name: 'boom',
    handle: async () => {
      throw new Error('boom')
    },
  }
  const { door, port, lines } = await openDoor({ routes: [...sampleRoutes, boom] })
  const ends: [string, number, string][] = [
    ['GET /items', 200, 'info'],
    ['HEAD /items', 200, 'info'],
    ['OPTIONS /items', 204, 'info'],
    ['GET /nothing', 404, 'info'],
    ['PUT /items', 405, 'info'],
    ['GET /items/%zz', 400, 'info'],
    ['FOO /items', 400, 'info'],
    ['CONNECT x:1', 405, 'info'],
    ['GET /long', 200, 'info'],
    ['GET /slow', 200, 'info'],
    ['GET /boom', 500, 'error'],
  ]

  for (const [line, status, level] of ends) {
    lines.length = 0
    await speak(port, `${line} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n`)

    assert.deepEqual(
      lines.map((each) => [each.fields['status'], each.level]),
      [[status, level]],
      line,
    )
  }
  await door.close()
})

test('the handler adds its own fields and cannot forge those of the door', async () => {
  const route: Route = {
    method: 'GET',
    path: '/a',
    name: 'a',
    handle: ({ log }) => {
      log['caller'] = 'c1'
      log['status'] = 999
      return json({})
    },
  }
  const { door, lines } = testDoor({ routes: [route] })

  await door.inject({ method: 'GET', url: '/a' })

  assert.equal(lines[0]?.fields['caller'], 'c1')
  assert.equal(lines[0]?.fields['status'], 200)
})

test('a problem is named by its code', async () => {
  const { door, lines } = testDoor()

  await door.inject({ method: 'GET', url: '/nothing' })

  assert.equal(lines[0]?.fields['code'], 'not_found')
})

test('nothing a caller sends can break a line or show a secret in it', async () => {
  const written: string[] = []
  const log = createLog({ level: 'info', write: (line) => written.push(line) })
  const secret = 'hunter2hunter2'
  const route: Route = {
    method: 'POST',
    path: '/a/:id',
    name: 'a',
    consumes: ['application/json'],
    handle: (request) => {
      request.log['password'] = secret
      request.log['name'] = 'line\nbreak\x1b[31m'
      return json({})
    },
  }
  const { door } = testDoor({ routes: [route], log })

  await door.inject({
    method: 'POST',
    url: `/a/x%0d%0ay?password=${secret}`,
    headers: { authorization: `Bearer ${secret}`, cookie: `s=${secret}`, 'x-request-id': `a\tb` },
    body: { password: secret },
  })
  await door.inject({
    method: 'POST',
    url: `/a/7?password=${secret}`,
    headers: { authorization: secret },
    body: { password: secret },
  })

  assert.equal(written.length, 2)
  for (const line of written) {
    assert.doesNotMatch(line, /hunter2/)
    assert.equal(line.trimEnd().split('\n').length, 1)
    assert.equal(line.includes('\x1b'), false)
    JSON.parse(line)
  }
})

test('control: the same secret under a name that says nothing would be seen', async () => {
  const written: string[] = []
  const log = createLog({ level: 'info', write: (line) => written.push(line) })
  const handle: Route['handle'] = (request) => {
    request.log['remark'] = 'hunter2hunter2'
    return json({})
  }
  const { door } = testDoor({ routes: [{ method: 'GET', path: '/a', name: 'a', handle }], log })

  await door.inject({ method: 'GET', url: '/a' })

  assert.match(written[0] ?? '', /hunter2/)
})

test('behind a trusted proxy the line names the client, behind another one the proxy', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.9, 127.0.0.1' }
  const trusting = testDoor({ trustedProxies: ['127.0.0.0/8'] })
  const alone = testDoor()

  await trusting.door.inject({ method: 'GET', url: '/items', headers })
  await alone.door.inject({ method: 'GET', url: '/items', headers })

  assert.equal(trusting.lines[0]?.fields['address'], '203.0.113.9')
  assert.equal(alone.lines[0]?.fields['address'], '127.0.0.1')
})
