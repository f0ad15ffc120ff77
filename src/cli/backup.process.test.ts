// The commands as a person types them, beside a server that goes on serving.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { text } from 'node:stream/consumers'
import test, { type TestContext } from 'node:test'
import { openSqlite } from '../store/sqlite/index.ts'

const main = join(import.meta.dirname, 'main.ts')
const app = `import { anyone, app, resource, text } from 'plinth'
const notes = resource('notes', { fields: { body: text({ max: 80 }) }, allow: { list: [anyone], create: [anyone] } })
export default app('notebook', { notes })
`

interface Place {
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
}

interface Said {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

function placeFor(t: TestContext): Place {
  // Inside the repository, because only there does the name `plinth` lead to it; ignored by git.
  const home = join(import.meta.dirname, '..', '..', '.plinth')
  mkdirSync(home, { recursive: true })
  const directory = mkdtempSync(join(home, 'cli-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, 'app.ts'), app)
  return {
    directory,
    environment: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      TMPDIR: tmpdir(),
      DATABASE_URL: `sqlite:${join(directory, 'data', 'app.db')}`,
      PLINTH_SECRET: 'the secret of the command line tests',
      LOG_LEVEL: 'warn',
      PORT: '0',
    },
  }
}

function start(
  { directory, environment }: Place,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
) {
  const flags = ['--conditions=source', '--disable-proto=delete']
  return spawn(execPath, [...flags, main, ...words], { cwd: directory, env: { ...environment, ...more } })
}

async function plinth(
  place: Place,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const child = start(place, words, more)
  child.stdin.end()
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode, out, error }
}

async function serve(
  t: TestContext,
  place: Place,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const child = start(place, ['start'])
  t.after(() => child.kill('SIGKILL'))
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    const url = / is up on (http:\/\/\S+)/.exec(said)?.[1]
    if (url === undefined) continue
    const stop = async (): Promise<void> => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    return { url, stop }
  }
  throw new Error(`the server ended: ${said}`)
}

async function write(url: string, body: string): Promise<void> {
  const answer = await fetch(`${url}/api/v1/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ body }),
  })
  assert.equal(answer.status, 201)
}

async function bodies({ environment }: Place): Promise<unknown[]> {
  const engine = await openSqlite({ file: String(environment['DATABASE_URL']).slice('sqlite:'.length) })
  try {
    return (await engine.query({ text: 'select "body" from "notes" order by "body"', reads: ['text'] }, [])).flat()
  } finally {
    await engine.close()
  }
}

test('a copy is made while the server serves; it is listed, verified, and put back', async (t) => {
  const place = placeFor(t)
  const server = await serve(t, place)
  await write(server.url, 'one')
  const first = await plinth(place, ['backup', '--dir', 'copies'])
  const between = new Date().toISOString()
  await write(server.url, 'two')
  await plinth(place, ['backup', '--dir', 'copies'])

  const held = await plinth(place, ['restore', '--dir', 'copies'])
  await server.stop()
  const [listed, verified, there] = await Promise.all([
    plinth(place, ['backup', 'list', '--dir', 'copies', '--json']),
    plinth(place, ['backup', 'verify', '--dir', 'copies']),
    plinth(place, ['restore', '--dir', 'copies']),
  ])
  const back = await plinth(place, ['restore', '--dir', 'copies', '--to', between, '--force'])

  assert.equal(first.code, 0, first.error)
  assert.match(first.out, /copies\/\d{8}T\d{9}Z-[0-9a-f]{6}\n$/)
  assert.equal(held.code, 75)
  assert.match(held.error, /in use by another process/)
  assert.equal((JSON.parse(listed.out) as unknown[]).length, 2)
  assert.equal(verified.code, 0, verified.error + verified.out)
  assert.match(verified.out, /6 pieces hold; restored for trial up to 20/)
  assert.equal(there.code, 1)
  assert.match(there.error, /is there already; with --force it is put aside/)
  assert.equal(back.code, 0, back.error)
  assert.match(back.out, /What was there before is .*app\.db\.before-restore-/)
  assert.deepEqual(await bodies(place), ['one'])
  assert.ok(readdirSync(join(place.directory, 'data')).some((name) => /before-restore-\w+$/.test(name)))
})

test('a damaged piece makes verify and restore fail, and both name it; nothing is put in place', async (t) => {
  const place = placeFor(t)
  const server = await serve(t, place)
  await write(server.url, 'one')
  const { out } = await plinth(place, ['backup', '--dir', 'copies'])
  await server.stop()
  const snapshots = join(out.trim(), 'snapshots')
  const [name = ''] = readdirSync(snapshots)
  const bytes = readFileSync(join(snapshots, name))
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  writeFileSync(join(snapshots, name), bytes)

  const verified = await plinth(place, ['backup', 'verify', '--dir', 'copies'])
  const restored = await plinth(place, ['restore', '--dir', 'copies', '--force'])

  assert.equal(verified.code, 1)
  assert.match(verified.out, new RegExp(`${name} is damaged`))
  assert.equal(restored.code, 1)
  assert.match(restored.error, new RegExp(`${name} is damaged`))
  assert.deepEqual(await bodies(place), ['one'])
})

test('wrong words are refused, each with what is meant', async (t) => {
  const place = placeFor(t)
  const asked = [
    { words: ['backup'], code: 2, says: /say --dir <folder>, or set BACKUP_DIR/ },
    { words: ['backup', 'all', '--dir', 'x'], code: 2, says: /there is no "all"/ },
    { words: ['backup', '--dir', 'x'], code: 1, says: /there is no database/ },
    { words: ['restore', '--dir', 'x'], code: 1, says: /holds no backup/ },
    { words: ['restore', '--dir', 'x', '--to', '2026-08-01 10:00'], code: 2, says: /a time with its zone/ },
    { words: ['restore', '--dir', 'x', '--to', '2026-13-01T10:00Z'], code: 2, says: /a time with its zone/ },
  ]

  const said = await Promise.all(asked.map(({ words }) => plinth(place, words)))

  for (const [at, { words, code, says }] of asked.entries()) {
    assert.equal(said[at]?.code, code, words.join(' '))
    assert.match(said[at]?.error ?? '', says)
  }
})
