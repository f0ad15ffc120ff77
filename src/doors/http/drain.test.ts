// The drain: its order step by step, and twenty restarts under load that fail no request of clients that never retry.
import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Door } from './door.ts'
import type { Route } from './route.ts'
import { connected, headerOf, openDoor, sampleRoutes, speak } from './test_door.ts'

const keepAlive = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

/** Reads one answer from a socket that stays open; '' when it was closed instead. */
function nextAnswer(socket: Socket, path: string): Promise<string> {
  return new Promise((resolve) => {
    const finish = (text: string): void => {
      socket.off('data', data)
      socket.off('close', closed)
      resolve(text)
    }
    const data = (chunk: Buffer): void => finish(String(chunk))
    const closed = (): void => finish('')
    socket.on('data', data)
    socket.on('close', closed)
    socket.on('error', closed)
    socket.write(keepAlive(path))
  })
}

test('unready first and still serving, then every answer says close, then no new connection', async () => {
  const { door, port } = await openDoor({ drain: { unreadyMs: 400, drainMs: 1_000, totalMs: 2_000 } })
  const early = await connected(port)
  const late = await connected(port)

  assert.equal(door.draining, false)
  assert.match(await nextAnswer(early, '/ready'), /^HTTP\/1\.1 200/)
  const closing = door.close()
  assert.equal(door.draining, true)
  const unready = await nextAnswer(early, '/ready')
  assert.match(unready, /^HTTP\/1\.1 503[^]*"status":"draining"/)
  assert.match(await nextAnswer(early, '/items'), /^HTTP\/1\.1 200[^]*Connection: keep-alive/)
  assert.match(await nextAnswer(late, '/items'), /^HTTP\/1\.1 200/)
  await sleep(250)
  assert.match(await nextAnswer(early, '/items'), /^HTTP\/1\.1 200[^]*Connection: close/)
  assert.equal((await speak(port, keepAlive('/items'))).status, 200)
  await closing

  await assert.rejects(connected(port), { code: 'ECONNREFUSED' })
  assert.equal(late.destroyed || late.readableEnded || (await nextAnswer(late, '/items')) === '', true)
})

test('a request in flight is finished, idle connections do not hold the door', async () => {
  const { door, port } = await openDoor({ drain: { unreadyMs: 0, drainMs: 5_000, totalMs: 6_000 } })
  const idle = await connected(port)
  await nextAnswer(idle, '/items')
  const running = speak(port, keepAlive('/slow'))
  await sleep(50)

  const started = performance.now()
  await door.close()
  const took = performance.now() - started

  const answer = await running
  assert.equal(answer.status, 200)
  assert.equal(headerOf(answer.head, 'Connection'), 'close')
  assert.ok(took < 1_000, `the door took ${took} ms`)
})

test('what does not finish is cut off in time', async () => {
  const forever: Route = {
    method: 'GET',
    path: '/forever',
    name: 'forever',
    handle: () => new Promise(() => undefined),
  }
  const { door, port } = await openDoor({ routes: [forever], drain: { unreadyMs: 100, drainMs: 10_000, totalMs: 400 } })
  const running = speak(port, keepAlive('/forever'), 5_000)
  await sleep(30)

  const started = performance.now()
  await door.close()
  const took = performance.now() - started

  assert.equal((await running).status, 0)
  assert.ok(took >= 350 && took < 1_500, `the door took ${took} ms`)
})

test('a request that comes during the drain has no longer than the drain has', async () => {
  const forever: Route = {
    method: 'GET',
    path: '/forever',
    name: 'forever',
    handle: () => new Promise(() => undefined),
  }
  const { door, port } = await openDoor({ routes: [forever], drain: { unreadyMs: 300, drainMs: 300, totalMs: 2_000 } })

  const closing = door.close()
  const answer = await speak(port, keepAlive('/forever'), 5_000)
  await closing

  assert.equal(answer.status, 503)
  assert.ok(answer.ms < 900, String(answer.ms))
})

test('a connection that never spoke does not hold the door', async () => {
  const { door, port } = await openDoor({ drain: { unreadyMs: 0, drainMs: 300, totalMs: 5_000 } })
  const silent = await connected(port)
  silent.on('error', () => undefined)

  const started = performance.now()
  await door.close()

  assert.ok(performance.now() - started < 1_500)
})

test('a hasty close leaves out the time in which a balancer notices, and nothing else', async () => {
  const { door } = await openDoor({ drain: { unreadyMs: 60_000, drainMs: 300, totalMs: 90_000 } })

  const started = performance.now()
  await door.close(true)

  assert.ok(performance.now() - started < 10_000)
})

test('closing twice is closing once, and a door that never opened closes at once', async () => {
  const { door } = await openDoor()
  const first = door.close()

  assert.equal(door.close(), first)
  await first
})

// ---- restarts under load: two doors behind a balancer, clients that keep their connections and never retry.

interface Balancer {
  readonly port: number
  readonly targets: Map<number, boolean>
  close(): void
}

/** A TCP balancer: new connections go in turn to the targets that answered the last readiness poll. */
async function openBalancer(spoil: (chunk: Buffer) => Buffer): Promise<Balancer> {
  const targets = new Map<number, boolean>()
  const sockets = new Set<Socket>()
  let turn = 0
  const server: Server = createServer((client) => {
    const ready = [...targets].filter(([, up]) => up).map(([port]) => port)
    const target = connect(ready[turn++ % ready.length] ?? 1, '127.0.0.1')
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => [client, target].forEach((each) => each.destroy()))
    }
    client.on('data', (chunk) => target.write(chunk))
    target.on('data', (chunk: Buffer) => client.write(spoil(chunk)))
  })
  const poll = setInterval(() => {
    for (const port of targets.keys())
      void speak(port, keepAlive('/ready').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'), 200).then(
        (answer) => targets.has(port) && targets.set(port, answer.status === 200),
      )
  }, 40)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const close = (): void => {
    clearInterval(poll)
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  // Listening on an address, so it is no pipe.
  return { port: (server.address() as AddressInfo).port, targets, close }
}

interface Load {
  sent: number
  ended: boolean
  failed: string[]
  stop(): Promise<void>
}

function ask(port: number, agent: Agent, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** Clients in closed loops on connections they keep: some hurry, some ask for what takes long. */
function startLoad(port: number, clients: number): Load {
  const load: Load = { sent: 0, ended: false, failed: [], stop: async () => undefined }
  const client = async (index: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!load.ended) {
      load.sent += 1
      const path = index % 4 === 0 ? '/slow' : '/items/1'
      const status = await ask(port, agent, path).catch((error: Error) => error.message)
      if (status !== 200) load.failed.push(String(status))
      await sleep(index % 3)
    }
    agent.destroy()
  }
  const running = Array.from({ length: clients }, (_none, index) => client(index))
  load.stop = async () => {
    load.ended = true
    await Promise.all(running)
  }
  return load
}

async function restartUnderLoad(restarts: number, spoil: (chunk: Buffer) => Buffer): Promise<Load> {
  const balancer = await openBalancer(spoil)
  const start = async (): Promise<{ door: Door; port: number }> => {
    const opened = await openDoor({ routes: sampleRoutes, drain: { unreadyMs: 400, drainMs: 2_000, totalMs: 3_000 } })
    balancer.targets.set(opened.port, true)
    return opened
  }
  const running = [await start(), await start()]
  const load = startLoad(balancer.port, 24)
  for (let count = 0; count < restarts; count += 1) {
    running.push(await start())
    const old = running.shift()
    await old?.door.close()
    if (old !== undefined) balancer.targets.delete(old.port)
  }
  await load.stop()
  await Promise.all(running.map(({ door }) => door.close()))
  balancer.close()
  return load
}

test('twenty restarts under load fail no request', async () => {
  const load = await restartUnderLoad(20, (chunk) => chunk)

  assert.deepEqual(load.failed, [])
  assert.ok(load.sent > 2_000, `${load.sent} requests`)
})

test('control: without Connection: close on the answers, restarts fail requests', async () => {
  // The header is taken away on its road, so that the clients go on using connections which the door then closes.
  const spoil = (chunk: Buffer): Buffer =>
    Buffer.from(chunk.toString('latin1').replace('Connection: close', 'X-Nothing: here!'), 'latin1')

  const load = await restartUnderLoad(3, spoil)

  assert.ok(load.failed.length > 0, `${load.sent} requests, none failed`)
})
