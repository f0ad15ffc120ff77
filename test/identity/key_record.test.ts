// What a key did is recorded with the key's own id, so that one that was stolen can be followed; its use alone is not.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { noOne } from '../../src/call/caller.ts'
import { fromInside } from '../../src/call/deed.ts'
import { transact } from '../../src/call/transact.ts'
import { serviceAccounts } from '../../src/features/accounts/index.ts'
import { readContent, said } from '../../src/features/audit/content.ts'
import { waitingRows } from '../../src/features/audit/waiting.ts'
import { keyMade } from '../../src/features/auth/flows/api_keys.ts'
import { openSurface } from '../surface/test_server.ts'
import { club } from './people.ts'

for (const engine of ['sqlite', 'postgres'] as const)
  void test(`what a key does is recorded with the key, ${engine}`, async (t) => {
    const surface = await openSurface(club, engine)
    if ('skip' in surface) return t.skip(surface.skip)
    after(() => surface.close())
    const { house } = surface.server.house
    const deed = { operation: 'test', caller: noOne, origin: fromInside }
    const { id, key } = await transact(house, deed, {}, async (tx, work) => {
      const service = await tx.create(serviceAccounts, { name: 'export', roles: ['admin'] })
      return keyMade(tx, work, { serviceAccount: service.id, name: 'x', scopes: ['read', 'write'], endsAt: null })
    })
    const ask = (method: string, url: string, body?: unknown) => surface.ask({ method, url, as: key, body })

    assert.equal((await ask('GET', '/api/v1/people')).status, 200)
    assert.equal((await ask('POST', '/api/v1/auth/keys', { name: 'x', scopes: ['read', 'write'] })).status, 403)

    const rows = await waitingRows(house, { all: (...asked) => house.engine.query(...asked) }, 1_000)
    const entries = rows.map(({ content }) =>
      Object.fromEntries(said.map((name, at) => [name, readContent(content)?.[at]])),
    )
    const refused = entries.filter(({ outcome }) => outcome === 'forbidden')
    assert.deepEqual(
      refused.map((entry) => [entry['operation'], entry['key']]),
      [['auth.keys.create', id]],
    )
    assert.deepEqual(
      entries.filter(({ operation }) => operation === 'auth.key_used'),
      [],
    )
    assert.ok(entries.some(({ noun, withheld }) => noun === 'plinth_api_keys' && withheld === 'hash'))
  })
