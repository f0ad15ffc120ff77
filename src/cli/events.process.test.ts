// `plinth events`, as a person at the terminal and a program see it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createKeyring } from '../base/seal.ts'
import { app, event, handle, resource, text } from '../define/index.ts'
import { readConfig } from '../server/config.ts'
import { openServer } from '../server/start.ts'
import { transact } from '../call/transact.ts'
import { noOne } from '../call/caller.ts'
import { fromInside } from '../call/deed.ts'
import { settle } from '../testing/settle.ts'

// Below the repository, so that the app finds the package by its name.
const root = join(import.meta.dirname, '../..')
mkdirSync(join(root, '.plinth'), { recursive: true })
const folder = mkdtempSync(join(root, '.plinth', 'cli-'))
const file = join(folder, 'app.ts')
const environment = {
  DATABASE_URL: `sqlite:${join(folder, 'app.db')}`,
  PLINTH_SECRET: 'x'.repeat(32),
  LOG_LEVEL: 'error',
}

const posts = resource('posts', { fields: { title: text() }, allow: {} })
const posted = event('posts.posted', { of: posts })
const keep = handle(posted, 'keep', async () => {})

const source = `
import { app, event, handle, resource, text } from 'plinth'
const posts = resource('posts', { fields: { title: text() }, allow: {} })
const posted = event('posts.posted', { of: posts })
const keep = handle(posted, 'keep', async () => {})
export default app('posts', { posts, posted, keep })
`

interface Said {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

function plinth(words: readonly string[], more: Readonly<Record<string, string>> = {}): Said {
  const env = { ...process.env, ...environment, ...more }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/plinth.mjs'), ...words], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  return { code: status, out: stdout, error: stderr }
}

before(async () => {
  writeFileSync(file, source)
  const config = readConfig(environment)
  const keys = createKeyring(environment.PLINTH_SECRET)
  const server = await openServer(app('posts', { posts, posted, keep }), { config, keys })
  const { house } = server.house
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  await transact(house, deed, {}, async (tx) => {
    const { id } = await tx.create(posts, { title: 'One' })
    await tx.emit(posted, id)
    await tx.emit(posted, id)
  })
  await settle(house)
  await server.close()
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('status says how far everybody is, for people and for programs', () => {
  const people = plinth(['events', 'status', '--app', file])
  const program = plinth(['events', 'status', '--app', file, '--json'])

  assert.deepEqual([people.code, people.error], [0, ''])
  assert.match(people.out, /^2 events have their place; without one: nothing waits\n/)
  assert.match(people.out, /^handler posts\.posted keep: at 2, nothing waits$/m)
  assert.equal(JSON.parse(program.out).relays[0].position, 2)
})

test('replay hands a range on again, and says how many', () => {
  const done = plinth(['events', 'replay', '--app', file, '--handler', 'keep', '--from', '2', '--to', '9', '--json'])

  assert.equal(done.code, 0)
  assert.deepEqual(JSON.parse(done.out), { events: 1, forgotten: 0, last: 2 })
  assert.equal(done.error, 'up to place 2: 1 handed on\n')
})

test('what is wrong with the words is said in one line', () => {
  const replay = ['events', 'replay', '--app', file]
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['events', '--app', file], 2, /^plinth: events: say status or replay\n$/],
    [replay, 2, /^plinth: events replay: say --handler <name>\n$/],
    [[...replay, '--handler', 'keep', '--from', '0', '--to', '2'], 2, /--from is a place, such as 1200, or a time/],
    [[...replay, '--handler', 'keep', '--from', '1', '--to', 'now'], 2, /--to is a place/],
    [
      [...replay, '--handler', 'lost', '--from', '1', '--to', '2'],
      1,
      /^plinth: the app has no handler "lost"; it has keep\n$/,
    ],
  ]

  for (const [words, code, error] of cases) {
    const said = plinth(words)
    assert.equal(said.code, code, words.join(' '))
    assert.match(said.error, error)
  }
})

test('an address of a broker that is none stops a start with one line', () => {
  const said = plinth(['start', '--app', file], { AMQP_URL: 'http://app:hush@broker', PORT: '0' })

  assert.equal(said.code, 1)
  assert.equal(said.error, 'plinth: AMQP_URL is not an address such as amqp://name:password@host:5672/vhost\n')
})
