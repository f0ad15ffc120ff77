// Clients that use registers and lists at once are told what one after the other could have been told, on both engines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../../src/store/contract.ts'
import { openSurface } from '../surface/test_server.ts'
import concurrency from './app.ts'
import { drive, type DriveOptions } from './drive.ts'
import { staleCache } from './faults.ts'
import { judge, type Verdict } from './judge.ts'
import { serversOf } from './servers.ts'

type Told = Verdict & { readonly done: number }

/** Runs clients against a server of this process, or says why it cannot. */
async function told(
  name: 'sqlite' | 'postgres',
  options: Pick<DriveOptions, 'seed' | 'operations' | 'actions'>,
  over?: (engine: Engine) => Engine,
): Promise<Told | { readonly skip: string }> {
  const surface = await openSurface(concurrency, name, over)
  if ('skip' in surface) return surface
  const servers = serversOf(surface)
  try {
    const history = await drive({ servers, clients: 8, ...options })
    const { counts } = history
    const done = ['read', 'write', 'transaction'].reduce((sum, what) => sum + (counts[`${what} done`] ?? 0), 0)
    return { ...judge(history, options.seed), done }
  } finally {
    await servers.close()
  }
}

const sound = {
  'serializable actions': ['transact'],
  'locked actions beside serializable ones that lock': ['transact-locked', 'transact-firm'],
}

for (const engine of ['sqlite', 'postgres'] as const)
  for (const [what, actions] of Object.entries(sound))
    test(`8 clients on ${engine}, ${what}: linearizable and serializable`, async (t) => {
      const verdict = await told(engine, { seed: 11, operations: 120, actions })
      if ('skip' in verdict) return t.skip(verdict.skip)

      assert.equal(verdict.text, '')
      assert.ok(verdict.done > 60, `${verdict.done} of 120 were done`)
    })

test('control: a handler that reads, changes and writes at READ COMMITTED without a lock is found out', async (t) => {
  const verdict = await told('postgres', { seed: 12, operations: 120, actions: ['transact-careless'] })
  if ('skip' in verdict) return t.skip(verdict.skip)

  assert.ok(verdict.kinds.includes('lost'), verdict.kinds.join())
  assert.match(verdict.text, /^seed 12, step \d+: lost: [^]*what the clients were told:[^]*what the database holds:/)
})

test('control: on SQLite, where nothing interleaves, a cache that hears of no write is found out', async (t) => {
  const verdict = await told('sqlite', { seed: 13, operations: 240, actions: ['transact'] }, staleCache)
  if ('skip' in verdict) return t.skip(verdict.skip)

  assert.ok(verdict.kinds.includes('lost'), verdict.kinds.join())
  assert.ok(verdict.kinds.includes('not linearizable'), verdict.kinds.join())
})
