// The limits of a connection and of a handler: each reached on purpose, each answered as it should be.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DoorRequest, Route } from './route.ts'
import { connected, headerOf, json, openDoor, sampleRoutes, speak } from './test_door.ts'

const H = 'Host: x\r\n'

test('a head that does not arrive in time is answered 408', async () => {
  const limits = { headersTimeoutMs: 100, requestTimeoutMs: 1_000, connectionsCheckingIntervalMs: 30 }
  const { door, port, lines } = await openDoor({ limits })

  const answer = await speak(port, 'GET /items HTTP/1.1\r\nHo')

  assert.equal(answer.status, 408)
  assert.equal(headerOf(answer.head, 'Connection'), 'close')
  assert.ok(answer.ms >= 100 && answer.ms < 1_000, String(answer.ms))
  assert.deepEqual(
    lines.map(({ fields }) => fields['status']),
    [408],
  )
  await door.close()
})

test('a body that does not arrive in time is answered 408, and its request has one line', async () => {
  const limits = { headersTimeoutMs: 100, requestTimeoutMs: 200, connectionsCheckingIntervalMs: 30 }
  const { door, port, lines } = await openDoor({ limits })

  const answer = await speak(
    port,
    `POST /items HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
  )

  assert.equal(answer.status, 408)
  assert.ok(answer.ms >= 200 && answer.ms < 1_500, String(answer.ms))
  await door.close()
  assert.deepEqual(
    lines.map(({ fields }) => [fields['status'], fields['route']]),
    [[408, 'items.create']],
  )
})

test('an idle connection is closed after the keep-alive time, and the client is told that time', async () => {
  const { door, port } = await openDoor({ limits: { keepAliveTimeoutMs: 1_000 } })

  const answer = await speak(port, `GET /items HTTP/1.1\r\n${H}\r\n`, 5_000)

  assert.equal(answer.status, 200)
  assert.equal(headerOf(answer.head, 'Keep-Alive'), 'timeout=1')
  assert.ok(answer.ms >= 1_000 && answer.ms < 4_000, String(answer.ms))
  await door.close()
})

test('the last request of a connection says so, and what was sent behind it is not done', async () => {
  const done: string[] = []
  const handle = ({ params }: DoorRequest) => {
    done.push(params['id'] ?? '')
    return json({})
  }
  const routes: Route[] = [{ method: 'GET', path: '/a/:id', name: 'a', handle }]
  const { door, port } = await openDoor({ routes, limits: { requestsPerSocket: 3 } })
  const one = (id: number): string => `GET /a/${id} HTTP/1.1\r\n${H}\r\n`

  const answer = await speak(port, [1, 2, 3, 4, 5].map(one).join(''))

  assert.deepEqual(done, ['1', '2', '3'])
  assert.equal(answer.all.match(/HTTP\/1\.1 200/g)?.length, 3)
  assert.equal(answer.all.match(/Connection: close/g)?.length, 1)
  assert.doesNotMatch(answer.all, /HTTP\/1\.1 503/)
  await door.close()
})

test('more connections than allowed are turned away, and the others live', async () => {
  const { door, port } = await openDoor({ limits: { connections: 2 } })
  const kept = [await connected(port), await connected(port)]

  const refused = await speak(port, `GET /items HTTP/1.1\r\n${H}\r\n`, 500)
  kept[0]?.write(`GET /items HTTP/1.1\r\n${H}\r\n`)
  const [chunk] = await once(kept[0] ?? assert.fail(), 'data')

  assert.equal(refused.status, 0)
  assert.match(String(chunk), /^HTTP\/1\.1 200/)
  for (const socket of kept) socket.destroy()
  await door.close()
})

test('a handler past its deadline is answered 503 and told to stop', async () => {
  const reasons: unknown[] = []
  const wait = async ({ signal }: DoorRequest) => {
    await sleep(5_000, undefined, { signal }).catch(() => reasons.push(signal.reason))
    return json({ late: true })
  }
  const { door, lines } = await openDoor({
    routes: [{ method: 'GET', path: '/wait', name: 'wait', deadlineMs: 60, handle: wait }],
  })

  const answer = await door.inject({ method: 'GET', url: '/wait' })
  await sleep(20)

  assert.equal(answer.status, 503)
  assert.equal(answer.headers['retry-after'], '1')
  assert.match(String(reasons[0]), /took too long/)
  assert.equal(lines.length, 1)
  await door.close()
})

test('a handler that fails after its deadline is heard of in the log, not by the caller', async () => {
  const fail = async () => {
    await sleep(60)
    throw new Error('too late')
  }
  const { door, lines } = await openDoor({
    routes: [{ method: 'GET', path: '/wait', name: 'wait', deadlineMs: 20, handle: fail }],
  })

  const answer = await door.inject({ method: 'GET', url: '/wait' })
  await sleep(80)

  assert.equal(answer.status, 503)
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['request', 'a handler failed after its answer was sent'],
  )
  await door.close()
})

test('a handler learns that its caller left, and the line says so', async () => {
  let stopped = (_value: unknown): void => undefined
  const left = new Promise((resolve) => {
    stopped = resolve
  })
  const wait = async ({ signal }: DoorRequest) => {
    await sleep(5_000, undefined, { signal }).catch(() => stopped(signal.aborted))
    return json({})
  }
  const { door, port, lines } = await openDoor({
    routes: [{ method: 'GET', path: '/wait', name: 'wait', handle: wait }],
  })

  const socket = await connected(port)
  socket.write(`GET /wait HTTP/1.1\r\n${H}\r\n`)
  await sleep(50)
  socket.destroy()

  assert.equal(await left, true)
  await sleep(20)
  assert.equal(lines[0]?.fields['aborted'], true)
  await door.close()
})

test('a signal asked for after an answer in time is never aborted', async () => {
  const signals: AbortSignal[] = []
  const handle = ({ signal }: DoorRequest) => {
    signals.push(signal)
    return json({})
  }
  const { door, port } = await openDoor({ routes: [{ method: 'GET', path: '/a', name: 'a', handle }] })

  await speak(port, `GET /a HTTP/1.1\r\n${H}Connection: close\r\n\r\n`)
  await sleep(20)

  assert.equal(signals[0]?.aborted, false)
  await door.close()
})

test('a caller in the middle of a large body still reads why it was refused', async () => {
  const { door, port } = await openDoor()
  const head = `POST /items HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: 20000000\r\n\r\n`

  const answer = await speak(port, Buffer.concat([Buffer.from(head), Buffer.alloc(20_000_000, 'x')]))

  assert.equal(answer.status, 413)
  assert.match(answer.body, /"code":"too_large"/)
  await door.close()
})

test('100 Continue is said when the body is wanted, and only then', async () => {
  const { door, port } = await openDoor()
  const head = (type: string, length: number): string =>
    `POST /items HTTP/1.1\r\n${H}Content-Type: ${type}\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`

  const wanted = await speak(port, `${head('application/json', 2)}{}`, 300)
  const unwanted = await speak(port, head('text/plain', 2), 300)
  const large = await speak(port, head('application/json', 2_000_000), 1_500)

  assert.match(wanted.all, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201/)
  assert.match(unwanted.all, /^HTTP\/1\.1 415/)
  assert.match(large.all, /^HTTP\/1\.1 413/)
  await door.close()
})

test('a small body nobody wanted does not end the connection', async () => {
  const { door, port } = await openDoor({ routes: sampleRoutes })
  const refused = `GET /items HTTP/1.1\r\n${H}Content-Length: 5\r\n\r\nhello`
  const next = `GET /items/2 HTTP/1.1\r\n${H}Connection: close\r\n\r\n`

  const answer = await speak(port, refused + next)

  assert.match(answer.all, /^HTTP\/1\.1 415[^]*HTTP\/1\.1 200[^]*"id":"2"/)
  await door.close()
})
