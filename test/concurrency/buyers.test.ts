// Ten times as many buyers as items at one server of each engine: exactly the items are sold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSurface } from '../surface/test_server.ts'
import concurrency from './app.ts'
import { type SaleReport, sellOut } from './buyers.ts'
import { serversOf } from './servers.ts'

async function sale(name: 'sqlite' | 'postgres', action: string): Promise<SaleReport | { readonly skip: string }> {
  const surface = await openSurface(concurrency, name)
  if ('skip' in surface) return surface
  const servers = serversOf(surface)
  try {
    return await sellOut({ servers, action, buyers: 120, items: 12 })
  } finally {
    await servers.close()
  }
}

for (const engine of ['sqlite', 'postgres'] as const)
  for (const action of ['sell', 'sell-read'])
    test(`120 buyers of 12 items on ${engine} by ${action}: 12 get one, the others are told`, async (t) => {
      const report = await sale(engine, action)
      if ('skip' in report) return t.skip(report.skip)

      assert.deepEqual(report.wrong, [])
      if (action === 'sell') assert.equal(report.again, 0, 'one conditional update needs one try')
    })

test('control: who reads the stock at READ COMMITTED and writes what is left of it sells too much', async (t) => {
  const report = await sale('postgres', 'sell-careless')
  if ('skip' in report) return t.skip(report.skip)

  assert.ok(report.sold > 12, `${report.sold} of 12 were sold`)
  assert.notDeepEqual(report.wrong, [])
})
