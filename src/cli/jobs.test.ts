// `plinth jobs`, as a person at the terminal and a program see it.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createKeyring } from '../base/seal.ts'
import { noOne } from '../call/caller.ts'
import { fromInside } from '../call/deed.ts'
import { transact } from '../call/transact.ts'
import { readConfig } from '../server/config.ts'
import { openServer } from '../server/start.ts'
import { settle } from '../testing/settle.ts'
import of, { doomed } from './test_jobs_app.ts'
import { plinth, plinthProcess, type Said } from './test_terminal.ts'

const root = join(import.meta.dirname, '../..')
mkdirSync(join(root, '.plinth'), { recursive: true })
const folder = mkdtempSync(join(root, '.plinth', 'cli-'))
const environment = {
  DATABASE_URL: `sqlite:${join(folder, 'app.db')}`,
  PLINTH_SECRET: 'x'.repeat(32),
  LOG_LEVEL: 'error',
}

const wordsFor = (words: readonly string[]): string[] => [
  'jobs',
  ...words,
  '--app',
  join(root, 'src/cli/test_jobs_app.ts'),
]
const jobs = (...words: readonly string[]): Promise<Said> => plinth(wordsFor(words), environment)

before(async () => {
  const keys = createKeyring(environment.PLINTH_SECRET)
  const server = await openServer(of, { config: readConfig(environment), keys })
  const { house } = server.house
  const deed = { operation: 'test', caller: noOne, origin: fromInside }
  await transact(house, deed, {}, async (tx) => {
    await tx.enqueue(doomed, { to: 'ann' })
    await tx.enqueue(doomed, { to: 'ben' })
    await tx.enqueue(doomed, { to: 'eve' }, { delayMs: 3_600_000 })
  })
  await settle(house)
  await server.close()
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('jobs are listed, shown, tried again and cancelled, for people and for programs', async () => {
  const list = await jobs('list', '--state', 'dead', '--json')
  const [ben, ann] = JSON.parse(list.out).data
  const people = await jobs('list')
  const show = await jobs('show', ben.id)
  const retried = await jobs('retry', ben.id, '--json')
  const rest = await jobs('retry', '--dead')
  const cancelled = await jobs('cancel', ben.id, ann.id, '--json')

  assert.deepEqual([ann.input, ben.error], [{ to: 'ann' }, 'Error: ben does not answer'])
  assert.match(people.out, /scheduled doomed 0\/1 .*\n.* dead {6}doomed 1\/1 .* Error: ben does not answer\n/)
  assert.match(show.out, /^input +\{"to":"ben"\}$/m)
  assert.deepEqual([JSON.parse(retried.out).state, JSON.parse(retried.out).attempt], ['ready', 0])
  assert.match(rest.out, new RegExp(`^${ann.id} ready `))
  assert.deepEqual(
    cancelled.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).state),
    ['cancelled', 'cancelled'],
  )
  assert.deepEqual(
    [list, people, show, retried, rest, cancelled].map(({ status, err }) => [status, err]),
    Array.from({ length: 6 }, () => [0, '']),
  )
})

test('a wrong word is 2 with what to say, a no is 1', async () => {
  const missing = await jobs('show', '01890000-0000-7000-8000-000000000000')
  const asked = [await jobs('frob'), await jobs('retry'), await jobs('list', '--state', 'lost'), missing]

  assert.deepEqual(
    asked.map(({ status }) => status),
    [2, 2, 1, 1],
  )
  assert.match(asked[2]?.err ?? '', /"state": Must be one of "scheduled"/)
  assert.equal(missing.err, 'plinth: There is no such row in jobs.\n')
})

test('it says the same in a process of its own, which ends with the same code', async () => {
  for (const [words, code] of [
    [['list'], 0],
    [['frob'], 2],
  ] as const) {
    const apart = await plinthProcess(wordsFor(words), environment)

    assert.deepEqual(apart, await jobs(...words))
    assert.equal(apart.status, code)
  }
})
