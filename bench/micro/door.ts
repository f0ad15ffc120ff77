// What the http door costs a request, in CPU of its process, beside a bare Node server saying the same.
// Run on a quiet machine with wrk: node --conditions=source bench/micro/door.ts
import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { argv, cpuUsage, stdout } from 'node:process'
import { promisify } from 'node:util'
import { systemClock } from '../../src/base/clock.ts'
import { createLog } from '../../src/base/log.ts'
import { systemRandom } from '../../src/base/random.ts'
import { createDoor } from '../../src/doors/http/door.ts'
import type { DoorAnswer, Route } from '../../src/doors/http/route.ts'

const ROUNDS = 5
const body = '{"hello":"world"}'
const answer: DoorAnswer = { status: 200, headers: {}, body, type: 'application/json' }
const routes: readonly Route[] = [
  { method: 'GET', path: '/hello', name: 'hello', handle: () => answer },
  { method: 'GET', path: '/items/:id', name: 'items.read', handle: () => Promise.resolve(answer) },
]

/** Each opens a port and tells which. */
const subjects: Readonly<Record<string, () => Promise<string>>> = {
  bare: () => serveBare(),
  door: () => serveDoor('info'),
  'door without its log': () => serveDoor('silent'),
}

async function serveBare(): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
    response.end(body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const bound = server.address()
  return `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`
}

async function serveDoor(level: 'info' | 'silent'): Promise<string> {
  const log = createLog({ level, write: () => undefined })
  const ready = () => ({ ready: true, checks: {} })
  const door = createDoor({ routes, log, clock: systemClock, random: systemRandom, ready })
  return (await door.listen({ port: 0, host: '127.0.0.1' })).url
}

/** Asks a server process for the CPU it has used so far, in microseconds. */
function cpuOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('message', (used) => resolve(Number(used)))
    child.send('cpu')
  })
}

async function load(url: string): Promise<number> {
  const report = await promisify(execFile)('wrk', ['-t1', '-c32', '-d1s', url])
  return Number(/(\d+) requests in/.exec(report.stdout)?.[1])
}

/** The least of several rounds: other work on the machine only ever adds. */
async function measure(name: string, path: string): Promise<void> {
  const child = fork(import.meta.filename, [name], { execArgv: ['--conditions=source'] })
  const [origin] = await once(child, 'message')
  const url = `${String(origin)}${path}`
  await load(url)
  let least = Infinity
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await cpuOf(child)
    const requests = await load(url)
    least = Math.min(least, ((await cpuOf(child)) - before) / requests)
  }
  child.kill()
  stdout.write(`${name.padEnd(22)} ${path.padEnd(10)} ${least.toFixed(1)} µs CPU a request\n`)
}

const start = subjects[argv[2] ?? '']
if (start === undefined) {
  await measure('bare', '/hello')
  for (const path of ['/hello', '/items/1']) await measure('door without its log', path)
  for (const path of ['/hello', '/items/1']) await measure('door', path)
} else {
  process.on('disconnect', () => process.exit())
  process.on('message', () => {
    const { user, system } = cpuUsage()
    process.send?.(user + system)
  })
  process.send?.(await start())
}
