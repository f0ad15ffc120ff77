// What knowing the caller costs a request, and what the parts of signing in cost, in CPU of their process.
// Run on a quiet machine with wrk: node --conditions=source bench/micro/auth.ts
import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, cpuUsage, stdout } from 'node:process'
import { promisify } from 'node:util'
import { systemClock } from '../../src/base/clock.ts'
import { createLog } from '../../src/base/log.ts'
import { systemRandom } from '../../src/base/random.ts'
import { createDoor } from '../../src/doors/http/door.ts'
import type { DoorAnswer } from '../../src/doors/http/route.ts'
import {
  createBulkhead, createPasswords, createSecret, createVerifier, keysetAt, loadBreached, plannedKeys, presets,
  readSecret, signAccessToken, type Grant,
} from '../../src/features/auth/index.ts' // prettier-ignore

const ROUNDS = 7
const CALLERS = 1_000
const party = { issuer: 'https://api.example.com', audience: 'https://api.example.com' }
const answer: DoorAnswer = { status: 200, headers: {}, body: '{"hello":"world"}', type: 'application/json' }
const refusal: DoorAnswer = { ...answer, status: 401 }

const keyset = keysetAt(
  plannedKeys([], systemClock.ms(), { algorithm: 'EdDSA', random: systemRandom }),
  systemClock.ms(),
)
const sign = (subject: string): string => {
  const nowMs = systemClock.ms()
  const grant: Grant = {
    subject,
    session: subject,
    client: 'shop',
    scopes: [],
    authenticatedMs: nowMs,
    methods: ['pwd'],
  }
  return signAccessToken(keyset.signing, party, grant, { nowMs, random: systemRandom, lifeMs: 3_600_000 })
}

/** A server with one route, which asks who calls or does not; it hands out the tokens of a thousand callers. */
async function serve(): Promise<void> {
  const verify = createVerifier({ keyset, party, clock: systemClock })
  const door = createDoor({
    routes: [
      { method: 'GET', path: '/anonymous', name: 'anonymous', handle: () => answer },
      {
        method: 'GET',
        path: '/verified',
        name: 'verified',
        handle: ({ headers }) =>
          typeof verify(headers['authorization']?.slice(7) ?? '') === 'string' ? refusal : answer,
      },
    ],
    log: createLog({ level: 'info', write: () => undefined }),
    clock: systemClock,
    random: systemRandom,
    ready: () => ({ ready: true, checks: {} }),
  })
  const { url } = await door.listen({ port: 0, host: '127.0.0.1' })
  process.on('disconnect', () => process.exit())
  process.on('message', () => {
    const { user, system } = cpuUsage()
    process.send?.(user + system)
  })
  process.send?.({ url, tokens: Array.from({ length: CALLERS }, (_, at) => sign(`person ${at}`)) })
}

async function cpuOf(child: ChildProcess): Promise<number> {
  const said = once(child, 'message')
  child.send('cpu')
  return Number((await said)[0])
}

/** Both routes in turns, with the same header sent to each: what differs is the verification. */
async function measureRequests(): Promise<void> {
  const child = fork(import.meta.filename, ['serve'], { execArgv: ['--conditions=source'] })
  // Our own first message, written above.
  const [{ url, tokens }] = (await once(child, 'message')) as [{ url: string; tokens: string[] }]
  const folder = mkdtempSync(join(tmpdir(), 'plinth-bench-'))
  const script = join(folder, 'tokens.lua')
  const list = tokens.map((token) => `"Bearer ${token}"`).join(',')
  const turn = 'at = at % #tokens + 1 return wrk.format("GET", nil, { Authorization = tokens[at] })'
  writeFileSync(script, `local tokens = {${list}}\nlocal at = 0\nrequest = function() ${turn} end\n`)
  const load = async (path: string): Promise<number> => {
    const before = await cpuOf(child)
    const { stdout: report } = await promisify(execFile)('wrk', ['-t1', '-c32', '-d1s', '-s', script, `${url}${path}`])
    if (report.includes('Non-2xx')) throw new Error(`${path} refused some: ${report}`)
    return ((await cpuOf(child)) - before) / Number(/(\d+) requests in/.exec(report)?.[1])
  }
  const least = { anonymous: Infinity, verified: Infinity }
  for (let round = 0; round < ROUNDS; round++)
    for (const path of ['anonymous', 'verified'] as const) least[path] = Math.min(least[path], await load(`/${path}`))
  child.kill()
  rmSync(folder, { recursive: true })
  const share = (least.verified / least.anonymous - 1) * 100
  const figures = `${least.anonymous.toFixed(1)} µs without, ${least.verified.toFixed(1)} µs with the caller's token verified`
  stdout.write(`a request: ${figures}: ${share.toFixed(1)} % more\n`)
}

async function measureParts(): Promise<void> {
  const bulkhead = createBulkhead({ concurrency: 1, queue: 10, workMs: 1 })
  const passwords = createPasswords({ preset: presets.standard, peppers: [], bulkhead, random: systemRandom })
  const [token, { text }] = [sign('somebody'), createSecret('apiKey', systemRandom)]
  const strangers = Array.from({ length: 100 }, (_, at) => sign(`stranger ${at}`))
  const verify = createVerifier({ keyset, party, clock: systemClock })
  const forgetful = createVerifier({ keyset, party, clock: systemClock, kept: 10 })
  const breached = await loadBreached()
  const parts: Readonly<Record<string, readonly [number, (at: number) => unknown]>> = {
    'a token that is known': [20_000, () => verify(token)],
    'a token that is new': [1_000, (at) => forgetful(strangers[at % strangers.length] ?? '')],
    'a token that is made': [1_000, () => sign('somebody')],
    'an API key, before its look-up': [20_000, () => readSecret('apiKey', text)],
    'a look into the breached list': [20_000, () => breached.has('a quiet river bends')],
    'a password': [20, () => passwords.verify(null, 'a quiet river bends')],
  }
  for (const [name, [times, work]] of Object.entries(parts)) {
    let least = Infinity
    for (let round = 0; round < ROUNDS; round++) {
      const before = cpuUsage()
      for (let at = 0; at < times; at++) await work(at)
      const { user, system } = cpuUsage(before)
      least = Math.min(least, (user + system) / times)
    }
    stdout.write(`${name.padEnd(32)} ${least.toFixed(2)} µs\n`)
  }
}

if (argv[2] === 'serve') await serve()
else {
  await measureParts()
  await measureRequests()
}
