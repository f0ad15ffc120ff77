// Where the promise ends: locked actions beside serializable ones that only read what those write.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSurface } from '../surface/test_server.ts'
import concurrency from './app.ts'
import { drive } from './drive.ts'
import { judge } from './judge.ts'
import { serversOf } from './servers.ts'

test('control: serializable actions without a lock, beside locked ones, decide on old rows', async (t) => {
  const surface = await openSurface(concurrency, 'postgres')
  if ('skip' in surface) return t.skip(surface.skip)
  const servers = serversOf(surface)
  try {
    const actions = ['transact', 'transact-locked']
    const { kinds } = judge(await drive({ servers, seed: 1, clients: 8, operations: 400, actions }), 1)

    assert.deepEqual(kinds, ['G2'])
  } finally {
    await servers.close()
  }
})
