// A process that answers calls and one that does the jobs, over one PostgreSQL; and how each ends.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { processFlags } from '../base/process_flags.ts'
import { postgresForTests } from '../../test/postgres.ts'

const main = new URL('../cli/main.ts', import.meta.url).pathname
const app = new URL('test_roles_app.ts', import.meta.url).pathname

interface Started {
  readonly child: ChildProcess
  readonly url: string
}

async function start(databaseUrl: string, role: string): Promise<Started> {
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    PORT: '0',
    PLINTH_SECRET: 's'.repeat(32),
    LOG_LEVEL: 'error',
  }
  const child = spawn(process.execPath, [...processFlags, main, 'start', '--role', role, '--app', app], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const part of child.stdout) {
    said += String(part)
    const url = /is up on (http:\S+)/.exec(said)?.[1]
    if (url !== undefined) return { child, url }
  }
  throw new Error(`${role} did not start: ${said}`)
}

async function end({ child }: Started, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  child.kill(signal)
  const [code] = await once(child, 'exit')
  return code
}

void test('api promises, worker does, and a worker that is told to end finishes what it runs', async (t) => {
  const database = await postgresForTests()
  if ('skip' in database) return t.skip(database.skip)
  const api = await start(database.url, 'api')
  const promise = (text: string): Promise<Response> =>
    fetch(`${api.url}/api/v1/notes/promise`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    })
  const notes = async (): Promise<string> => (await fetch(`${api.url}/api/v1/notes`)).text()

  const promised = await promise('first')
  await sleep(1_500)
  const alone = await notes()
  const worker = await start(database.url, 'worker')
  const statuses = await Promise.all(
    ['/health', '/ready', '/api/v1/notes'].map(async (path) => (await fetch(`${worker.url}${path}`)).status),
  )
  for (let waits = 0; waits < 100 && !(await notes()).includes('first'); waits++) await sleep(50)
  await promise('second')
  await sleep(300) // it has begun
  const code = await end(worker, 'SIGTERM')
  const after = await notes()
  await end(api, 'SIGKILL')
  await database.drop()

  assert.equal(promised.status, 204)
  assert.doesNotMatch(alone, /first/)
  assert.deepEqual(statuses, [200, 200, 404])
  assert.match(after, /first/)
  assert.match(after, /second/)
  assert.equal(code, 0)
})
