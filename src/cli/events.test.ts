// `plinth events`, as a person at the terminal and a program see it.
import assert from 'node:assert/strict'
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
import { plinth, plinthProcess } from './test_terminal.ts'

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

test('status says how far everybody is, for people and for programs', async () => {
  const people = await plinth(['events', 'status', '--app', file], environment)
  const program = await plinth(['events', 'status', '--app', file, '--json'], environment)

  assert.deepEqual([people.status, people.err], [0, ''])
  assert.match(people.out, /^2 events have their place; without one: nothing waits\n/)
  assert.match(people.out, /^handler posts\.posted keep: at 2, nothing waits$/m)
  assert.equal(JSON.parse(program.out).relays[0].position, 2)
})

test('replay hands a range on again, and says how many', async () => {
  const done = await plinth(
    ['events', 'replay', '--app', file, '--handler', 'keep', '--from', '2', '--to', '9', '--json'],
    environment,
  )

  assert.equal(done.status, 0)
  assert.deepEqual(JSON.parse(done.out), { events: 1, forgotten: 0, last: 2 })
  assert.equal(done.err, 'up to place 2: 1 handed on\n')
})

test('what is wrong with the words is said in one line', async () => {
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
    const said = await plinth(words, environment)
    assert.equal(said.status, code, words.join(' '))
    assert.match(said.err, error)
  }
})

test('it says the same in a process of its own', async () => {
  const words = ['events', 'status', '--app', file]

  const apart = await plinthProcess(words, environment)

  assert.equal(apart.status, 0)
  assert.deepEqual(apart, await plinth(words, environment))
})

test('an address of a broker that is none stops a start with one line', async () => {
  const said = await plinthProcess(['start', '--app', file], {
    ...environment,
    AMQP_URL: 'http://app:hush@broker',
    PORT: '0',
  })

  assert.equal(said.status, 1)
  assert.equal(said.err, 'plinth: AMQP_URL is not an address such as amqp://name:password@host:5672/vhost\n')
})
