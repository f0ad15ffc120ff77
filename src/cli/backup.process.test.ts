// The commands as a person types them, beside a server that goes on serving.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import test, { type TestContext } from 'node:test'
import { processFlags } from '../base/process_flags.ts'
import { openSqlite } from '../store/sqlite/index.ts'
import { plinth, plinthProcess } from './test_terminal.ts'

const main = join(import.meta.dirname, 'main.ts')
const source = `import { anyone, app, resource, text } from 'plinth'
const notes = resource('notes', { fields: { body: text({ max: 80 }) }, allow: { list: [anyone], create: [anyone] } })
export default app('notebook', { notes })
`

interface Place {
  readonly directory: string
  /** Where the copies are, and which app it is, for commands whose working directory is another. */
  readonly copies: readonly [string, string]
  readonly app: readonly [string, string]
  readonly environment: Readonly<Record<string, string>>
}

function placeFor(t: TestContext): Place {
  // Inside the repository, because only there does the name `plinth` lead to it; ignored by git.
  const home = join(import.meta.dirname, '..', '..', '.plinth')
  mkdirSync(home, { recursive: true })
  const directory = mkdtempSync(join(home, 'cli-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, 'app.ts'), source)
  return {
    directory,
    copies: ['--dir', join(directory, 'copies')],
    app: ['--app', join(directory, 'app.ts')],
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

async function serve(
  t: TestContext,
  place: Place,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const { directory: cwd, environment: env } = place
  const child = spawn(execPath, [...processFlags, main, 'start'], { cwd, env })
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
  const { directory, copies, app, environment } = place
  const server = await serve(t, place)
  await write(server.url, 'one')
  const first = await plinthProcess(['backup', '--dir', 'copies'], environment, directory)
  const between = new Date().toISOString()
  await write(server.url, 'two')
  await plinth(['backup', ...copies], environment)

  const held = await plinthProcess(['restore', '--dir', 'copies'], environment, directory)
  await server.stop()
  const listeners = process.listenerCount('exit')
  const [listed, verified, there] = await Promise.all([
    plinth(['backup', 'list', ...copies, '--json'], environment),
    plinth(['backup', 'verify', ...copies, ...app], environment),
    plinth(['restore', ...copies], environment),
  ])
  const back = await plinth(['restore', ...copies, '--to', between, '--force'], environment)

  assert.equal(first.status, 0, first.err)
  assert.match(first.out, /copies\/\d{8}T\d{9}Z-[0-9a-f]{6}\n$/)
  assert.equal(held.status, 75)
  assert.match(held.err, /in use by another process/)
  assert.equal((JSON.parse(listed.out) as unknown[]).length, 2)
  assert.equal(verified.status, 0, verified.err + verified.out)
  assert.equal(process.listenerCount('exit'), listeners, 'a trial leaves no log behind')
  assert.match(verified.out, /6 pieces hold; restored for trial up to 20/)
  assert.equal(there.status, 1)
  assert.match(there.err, /is there already; with --force it is put aside/)
  assert.equal(back.status, 0, back.err)
  assert.match(back.out, /What was there before is .*app\.db\.before-restore-/)
  assert.deepEqual(await bodies(place), ['one'])
  assert.ok(readdirSync(join(directory, 'data')).some((name) => /before-restore-\w+$/.test(name)))
})

test('a damaged piece makes verify and restore fail, and both name it; nothing is put in place', async (t) => {
  const place = placeFor(t)
  const { copies, app, environment } = place
  const server = await serve(t, place)
  await write(server.url, 'one')
  const { out } = await plinth(['backup', ...copies], environment)
  await server.stop()
  const snapshots = join(out.trim(), 'snapshots')
  const [name = ''] = readdirSync(snapshots)
  const bytes = readFileSync(join(snapshots, name))
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  writeFileSync(join(snapshots, name), bytes)

  const verified = await plinth(['backup', 'verify', ...copies, ...app], environment)
  const restored = await plinth(['restore', ...copies, '--force'], environment)

  assert.equal(verified.status, 1)
  assert.match(verified.out, new RegExp(`${name} is damaged`))
  assert.equal(restored.status, 1)
  assert.match(restored.err, new RegExp(`${name} is damaged`))
  assert.deepEqual(await bodies(place), ['one'])
})

test('wrong words are refused, each with what is meant', async (t) => {
  const { directory, environment } = placeFor(t)
  const x = join(directory, 'x')
  const asked = [
    { words: ['backup'], code: 2, says: /say --dir <folder>, or set BACKUP_DIR/ },
    { words: ['backup', 'all', '--dir', x], code: 2, says: /there is no "all"/ },
    { words: ['backup', '--dir', x], code: 1, says: /there is no database/ },
    { words: ['restore', '--dir', x], code: 1, says: /holds no backup/ },
    { words: ['restore', '--dir', x, '--to', '2026-08-01 10:00'], code: 2, says: /a time with its zone/ },
    { words: ['restore', '--dir', x, '--to', '2026-13-01T10:00Z'], code: 2, says: /a time with its zone/ },
  ]

  const said = await Promise.all(asked.map(({ words }) => plinth(words, environment)))

  for (const [at, { words, code, says }] of asked.entries()) {
    assert.equal(said[at]?.status, code, words.join(' '))
    assert.match(said[at]?.err ?? '', says)
  }
})
