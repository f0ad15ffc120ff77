// The loops of a running process: what is emitted is handled by itself, and the process ends when it is told to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '../../base/log.ts'
import { createKeyring } from '../../base/seal.ts'
import { app } from '../../define/index.ts'
import { readConfig } from '../../server/config.ts'
import { openServer, type Server } from '../../server/start.ts'
import { inTransaction, notes, noting, posted, posts } from './test_app.ts'

const environment = { DATABASE_URL: 'sqlite::memory:', PLINTH_SECRET: 'x'.repeat(32), AUDIT_ANCHOR: 'off' }
const drain = { unreadyMs: 0, drainMs: 100, totalMs: 1_000 }

async function running(role: 'all' | 'api'): Promise<Server> {
  const log = createLog({ level: 'error', write: () => {} })
  const keys = createKeyring(environment.PLINTH_SECRET)
  const parts = { posts, notes, posted, one: noting('one') }
  const server = await openServer(app('test', parts), { config: readConfig(environment), role, log, keys, drain })
  await server.work()
  return server
}

async function emitOne({ house }: Server): Promise<void> {
  await inTransaction(house.house, async (tx) => {
    const { id } = await tx.create(posts, { title: 'A post' })
    await tx.emit(posted, id, { n: 1 })
  })
}

const handled = async ({ house }: Server): Promise<number> =>
  inTransaction(house.house, async (tx) => (await tx.find(notes, {})).length)

test('a process hands on what is emitted, and handles it, by itself', async () => {
  const server = await running('all')
  await emitOne(server)
  for (let waited = 0; (await handled(server)) === 0 && waited < 10_000; waited += 10) await sleep(10)

  assert.equal(await handled(server), 1)
  await server.close()
})

test('control: a process that only answers calls handles nothing', async () => {
  const server = await running('api')
  await emitOne(server)
  await sleep(500)

  assert.equal(await handled(server), 0)
  await server.close()
})
