// `plinth jobs`, as a person at the terminal and a program see it.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
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

const root = join(import.meta.dirname, '../..')
mkdirSync(join(root, '.plinth'), { recursive: true })
const folder = mkdtempSync(join(root, '.plinth', 'cli-'))
const environment = {
  DATABASE_URL: `sqlite:${join(folder, 'app.db')}`,
  PLINTH_SECRET: 'x'.repeat(32),
  LOG_LEVEL: 'error',
}

interface Said {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

function plinth(...words: readonly string[]): Said {
  const command = [join(root, 'bin/plinth.mjs'), 'jobs', ...words, '--app', 'src/cli/test_jobs_app.ts']
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  })
  return { code: status, out: stdout, error: stderr }
}

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

test('jobs are listed, shown, tried again and cancelled, for people and for programs', () => {
  const list = plinth('list', '--state', 'dead', '--json')
  const [ben, ann] = JSON.parse(list.out).data
  const people = plinth('list')
  const show = plinth('show', ben.id)
  const retried = plinth('retry', ben.id, '--json')
  const rest = plinth('retry', '--dead')
  const cancelled = plinth('cancel', ben.id, ann.id, '--json')

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
    [list, people, show, retried, rest, cancelled].map(({ code, error }) => [code, error]),
    Array.from({ length: 6 }, () => [0, '']),
  )
})

test('a wrong word is 2 with what to say, a no is 1', () => {
  const missing = plinth('show', '01890000-0000-7000-8000-000000000000')
  const asked = [plinth('frob'), plinth('retry'), plinth('list', '--state', 'lost'), missing]

  assert.deepEqual(
    asked.map(({ code }) => code),
    [2, 2, 1, 1],
  )
  assert.match(asked[2]?.error ?? '', /"state": Must be one of "scheduled"/)
  assert.equal(missing.error, 'plinth: There is no such row in jobs.\n')
})
