// `plinth audit`, as somebody types it: beside a running app, after its end, after a crash, and after a tampering.
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { postgresForTests, type TestDatabase } from '../../test/postgres.ts'
import serving from '../features/audit/test_app.ts'
import { processFlags } from '../base/process_flags.ts'
import { readConfig } from '../server/config.ts'
import { openServer } from '../server/start.ts'
import { plinth, plinthProcess, type Said } from './test_terminal.ts'

const root = join(import.meta.dirname, '../..')
const shop = join(root, 'src/features/audit/test_app.ts')

interface Installation {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
}

function installation(databaseUrl?: string): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-audit-'))
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    DATABASE_URL: databaseUrl ?? `sqlite:${join(folder, 'app.db')}`,
    AUDIT_ANCHOR: join(folder, 'anchor.jsonl'),
    PLINTH_SECRET: 'the secret of the audit as a command, long',
    PORT: '0',
    LOG_LEVEL: 'error',
  }
  return { folder, env }
}

// What bin/plinth.mjs starts; without it a signal goes to the app itself.
const flags = [...processFlags, join(root, 'src/cli/main.ts')]

const run = ({ env }: Installation, ...words: string[]): Promise<Said> => plinth(words, env)

interface Running {
  readonly url: string
  readonly child: ChildProcess
}

async function start({ env, folder }: Installation): Promise<Running> {
  const child = spawn(process.execPath, [...flags, 'start', '--app', shop], {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    const url = /http:\/\/[^\s/]+/.exec(printed)?.[0]
    if (url !== undefined) return { url, child }
  }
  throw new Error(`the app did not start: ${printed}`)
}

async function stop({ child }: Running, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

async function create({ url }: Pick<Running, 'url'>, token: string, name: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const said = await fetch(`${url}/api/v1/stock`, { method: 'POST', headers, body: JSON.stringify({ name, left: 3 }) })
  assert.equal(said.status, 201, await said.text())
}

const databases: Record<string, () => Promise<TestDatabase | { skip: string } | undefined>> = {
  sqlite: async () => undefined,
  postgres: postgresForTests,
}

for (const [engine, open] of Object.entries(databases)) {
  void describe(`plinth audit on ${engine}`, () => {
    const state: { made?: Installation; database?: TestDatabase; skip?: string; token?: string } = {}
    before(async () => {
      const database = await open()
      if (database !== undefined && 'skip' in database) state.skip = database.skip
      else {
        state.made = installation(database?.url)
        if (database !== undefined) state.database = database
        state.token = (await run(state.made, 'token', '--role', 'staff')).out.trim()
      }
    })
    after(async () => {
      if (state.made !== undefined) rmSync(state.made.folder, { recursive: true, force: true })
      await state.database?.drop()
    })

    const it = (title: string, run: (made: Installation, token: string) => Promise<void>): void =>
      void test(title, async (t) => {
        if (state.made === undefined || state.token === undefined) return t.skip(state.skip ?? 'nothing was installed')
        await run(state.made, state.token)
      })

    it('verifies beside the running app, after its end, and after a crash', async (made, token) => {
      const first = await start(made)
      for (let at = 0; at < 5; at++) await create(first, token, `first ${at}`)
      const beside = await plinthProcess(['audit', 'verify', '--no-anchor'], made.env)
      await stop(first, 'SIGINT')
      const ended = await run(made, 'audit', 'verify', '--json')
      const second = await start(made)
      for (let at = 0; at < 3; at++) await create(second, token, `second ${at}`)
      await stop(second, 'SIGKILL')
      const crashed = await run(made, 'audit', 'verify')

      assert.deepEqual([beside.status, beside.err], [0, ''], beside.out)
      assert.match(beside.out, /Nothing was tampered with/)
      const { ok, sealed, waiting, signedTo, anchoredTo } = JSON.parse(ended.out)
      // Five, and the first administrator.
      assert.deepEqual([ended.status, ok, sealed, waiting, signedTo, anchoredTo], [0, true, 6, 0, 6, 6])
      assert.equal(crashed.status, 0, crashed.out)
      assert.match(crashed.out, /anchor\.jsonl says the same up to entry [6-9]/)
    })
  })
}

void test('plinth audit verify names what was changed, and says no to what it cannot believe', async () => {
  const made = installation()
  try {
    const token = (await run(made, 'token', '--role', 'staff')).out.trim()
    const server = await openServer(serving, { config: readConfig(made.env) })
    await server.work()
    const app = await server.door.listen({ port: 0, host: '127.0.0.1' })
    for (let at = 0; at < 5; at++) await create(app, token, `n ${at}`)
    await server.close(true)
    const foreign = { ...made, env: { ...made.env, PLINTH_SECRET: 'the secret of another installation, long' } }
    const bent = join(made.folder, 'bent.jsonl')
    writeFileSync(bent, readFileSync(made.env['AUDIT_ANCHOR'] ?? '', 'utf8').replace('"position":5', '"position":4'))

    const told = [
      await run(foreign, 'audit', 'verify'),
      await run(made, 'audit', 'verify', '--anchor', join(made.folder, 'gone.jsonl')),
      await run(made, 'audit', 'verify', '--anchor', bent),
    ]
    const database = new DatabaseSync(join(made.folder, 'app.db'))
    database.exec(`update plinth_audit set "caller" = 'somebody else' where "position" = 2`)
    database.close()
    told.push(await plinthProcess(['audit', 'verify'], made.env))

    assert.deepEqual(
      told.map(({ status }) => status),
      [1, 1, 1, 1],
    )
    assert.match(told[0]?.out ?? '', /a key that is not ours/)
    assert.match(told[1]?.out ?? '', /nothing is written there/)
    assert.match(told[2]?.out ?? '', /not as it was signed/)
    assert.match(told[3]?.out ?? '', /^entry 2: it is not as it was sealed/m)
  } finally {
    rmSync(made.folder, { recursive: true, force: true })
  }
})

void test('plinth audit explains itself, and refuses what it does not know', async () => {
  const made = installation()
  const said = [
    await run(made, 'audit', '--help'),
    await run(made, 'audit', 'key'),
    await run(made, 'audit', 'verify', '--quick'),
    await run(made, 'audit', 'verify'),
  ]
  rmSync(made.folder, { recursive: true, force: true })

  assert.deepEqual(
    said.map(({ status }) => status),
    [0, 0, 2, 1],
  )
  assert.match(said[0]?.out ?? '', /AUDIT_ANCHOR/)
  assert.match(said[1]?.out ?? '', /^[\w-]{43}\n$/)
  assert.match(said[3]?.err ?? '', /there is no database at/)
})
