// What a verified request costs beside an anonymous one, and what 200 sign-ins at once do to everybody else: beside
// what 200 requests of a kind that hashes nothing do.
// Run on a quiet machine with wrk: node --conditions=source bench/micro/identity.ts
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, stdout } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { anyone, app, resource, text } from '../../src/define/index.ts'
import { addServiceKey, ensureAdmin } from '../../src/features/auth/index.ts'
import { readConfig } from '../../src/server/config.ts'
import { openServer } from '../../src/server/start.ts'

const ROUNDS = 7
const AT_ONCE = 200
const CROWD_ROUNDS = 5
/** Requests that others make meanwhile, each so long after the one before. */
const EVERY_MS = 5
/** A crowd that signs in is through by then. */
const CROWD_MS = 3_000
const path = '/api/v1/notes?limit=5'
const who = { email: 'boss@example.com', password: 'seven wild geese fly north' }
const notes = resource('notes', { fields: { text: text() }, allow: { list: [anyone] } })

/** In a process of its own; tells where it is, and a key. */
async function serve(): Promise<void> {
  const config = readConfig()
  const server = await openServer(app('bench', { notes }), { config })
  const { house } = server.house
  await ensureAdmin(house, who)
  const { key } = await addServiceKey(house, { service: 'bench', roles: [], name: 'b', scopes: ['read'], endsAt: null })
  const { url } = await server.door.listen({ port: 0, host: '127.0.0.1' })
  server.setReady()
  process.send?.({ url, key })
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0
const p = (percent: number, list: readonly number[]): string =>
  (list.toSorted((a, b) => a - b)[Math.floor((list.length * percent) / 100)] ?? 0).toFixed(1)

async function rate(url: string, header: string): Promise<number> {
  const sent = header === '' ? [] : ['-H', header]
  const { stdout: said } = await promisify(execFile)('wrk', ['-t1', '-c32', '-d1s', ...sent, url + path])
  if (/Non-2xx/.test(said)) throw new Error(`${header}: ${said}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1])
}

/** Callers take turns within a round, and ratios are made within it: what slows the machine slows all. */
async function compareRates(url: string, callers: Readonly<Record<string, string>>): Promise<void> {
  const rounds: number[][] = []
  for (let round = 0; round < ROUNDS; round++) {
    const rates: number[] = []
    for (const header of Object.values(callers)) rates.push(await rate(url, header))
    if (round > 0) rounds.push(rates) // the first one warms up
  }
  Object.keys(callers).forEach((name, at) => {
    const perSecond = median(rounds.map((rates) => rates[at] ?? 0))
    const ratio = median(rounds.map((rates) => (rates[at] ?? 0) / (rates[0] ?? 1)))
    stdout.write(`${name.padEnd(20)} ${perSecond.toFixed(0).padStart(7)}/s   ${ratio.toFixed(2)}\n`)
  })
}

/** Milliseconds of requests that others make until it is over, at a steady pace. */
async function latencies(url: string, until: Promise<unknown>): Promise<number[]> {
  const state = { isOver: false }
  void until.then(() => (state.isOver = true))
  const asked: Promise<number>[] = []
  while (!state.isOver) {
    asked.push(timed(url + path))
    await pause(EVERY_MS)
  }
  return Promise.all(asked)
}

async function timed(url: string): Promise<number> {
  const begun = performance.now()
  const answer = await fetch(url)
  await answer.arrayBuffer()
  return performance.now() - begun
}

/** Addresses that nobody has cost what others do, and none waits for the tries of another. */
async function signIn(url: string, n: number): Promise<number> {
  const body = JSON.stringify({ ...who, email: `nobody-${n}-${Math.random()}@example.com` })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers, body })
  await answer.arrayBuffer()
  return answer.status
}

async function read(url: string): Promise<number> {
  const answer = await fetch(url + path)
  await answer.arrayBuffer()
  return answer.status
}

/** What a crowd does, all of it at once. */
const crowds = { 'sign in': signIn, read } as const
type Crowd = keyof typeof crowds

/** Another process, which has started before it is told to: or what is measured were a queue of this one, or its start. */
async function crowdAt(url: string, what: Crowd): Promise<() => Promise<number[]>> {
  const crowd = fork(import.meta.filename, ['crowd', url, what])
  await once(crowd, 'message')
  return async () => {
    crowd.send('go')
    const [statuses] = (await once(crowd, 'message')) as [number[]] // what `gather` sends
    return statuses
  }
}

async function gather(url: string, what: Crowd): Promise<void> {
  process.send?.('ready')
  await once(process, 'message')
  process.send?.(await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => crowds[what](url, n))))
  process.disconnect?.()
}

/** What others wait while nobody else is there, while a crowd reads, and while one signs in; for the same time each. */
async function compareLatencies(url: string): Promise<void> {
  const waited: Record<string, number[]> = { alone: [], read: [], 'sign in': [] }
  const statuses: number[] = []
  for (let round = 0; round < CROWD_ROUNDS; round++) {
    waited['alone']?.push(...(await latencies(url, pause(CROWD_MS))))
    for (const what of ['read', 'sign in'] as const) {
      const gathered = await crowdAt(url, what)
      await pause(500)
      const come = gathered()
      waited[what]?.push(...(await latencies(url, Promise.all([come, pause(CROWD_MS)]))))
      if (what === 'sign in') statuses.push(...(await come))
    }
  }
  const tried = statuses.filter((status) => status === 401).length
  for (const [who, times] of Object.entries(waited))
    stdout.write(`others beside ${who.padEnd(8)} p50 ${p(50, times)} ms  p99 ${p(99, times)} ms  (${times.length})\n`)
  stdout.write(`of ${statuses.length} sign-ins ${tried} were tried, the rest told to come again\n`)
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-bench-'))
  const env = {
    ...process.env,
    DATABASE_URL: `sqlite:${join(folder, 'app.db')}`,
    RATE_LIMIT: 'off',
  }
  // With its log, as everybody runs it; nobody reads it.
  const child = fork(import.meta.filename, ['serve'], {
    env: { ...env, PLINTH_SECRET: 'x'.repeat(32) },
    stdio: ['ignore', openSync('/dev/null', 'w'), 'inherit', 'ipc'],
  })
  try {
    const [{ url, key }] = (await once(child, 'message')) as [{ url: string; key: string }] // what `serve` sends
    const login = async (session: string) => {
      const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
      const body = JSON.stringify({ ...who, session })
      return fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers, body })
    }
    const { accessToken } = (await (await login('token')).json()) as { accessToken: string } // the contract says so
    const cookie = (await login('cookie')).headers.get('set-cookie')?.split(';', 1)[0]
    await compareRates(url, {
      anonymous: '',
      'access token': `Authorization: Bearer ${accessToken}`,
      'API key': `Authorization: Bearer ${key}`,
      cookie: `Cookie: ${cookie}`,
    })
    await compareLatencies(url)
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

const [, , part, url = '', what = 'read'] = argv
// Who starts a crowd names one of them.
await (part === 'serve' ? serve() : part === 'crowd' ? gather(url, what as Crowd) : main())
