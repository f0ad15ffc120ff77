// A transaction that met another is tried again, a few times; then its caller is told that nothing was done.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresLimits } from '../../src/base/limits.ts'
import { type Engine, StoreError } from '../../src/store/contract.ts'
import { withFault } from '../faults/engine_fault.ts'
import { openSurface } from '../surface/test_server.ts'
import { sellOut } from './buyers.ts'
import concurrency from './app.ts'
import limitsApp from './limits_app.ts'
import { serversOf } from './servers.ts'

/** Counts the tries of an operation, and lets the first ones meet another that is not there. */
function meeting(operation: string, meets: number, count: { tries: number; calls: number }) {
  return (engine: Engine): Engine => {
    const bent = withFault(engine, (tx, { name }) => {
      const isMet = name === operation && ++count.tries <= meets
      return {
        all: async (statement, values, as) => {
          const rows = await tx.all(statement, values, as)
          if (isMet && statement.text.startsWith('update')) throw new StoreError('serialization', 'It met another.')
          return rows
        },
      }
    })
    return {
      ...bent,
      write: (options, work) => {
        if (options.name === operation) count.calls++
        return bent.write(options, work)
      },
    }
  }
}

for (const { meets, status, value } of [
  { meets: 0, status: 200, value: 1 },
  { meets: postgresLimits.retries, status: 200, value: 1 },
  { meets: postgresLimits.retries + 1, status: 503, value: 0 },
])
  test(`an action that meets another ${meets} times is answered ${status}, and is done ${value} times`, async (t) => {
    const count = { tries: 0, calls: 0 }
    const surface = await openSurface(limitsApp, 'postgres', meeting('counters.count', meets, count))
    if ('skip' in surface) return t.skip(surface.skip)
    try {
      const url = `/api/v1/counters/${String((await surface.ask({ url: '/api/v1/counters', body: {} })).json['id'])}`

      const said = await surface.ask({ method: 'POST', url: `${url}/count` })
      const { json } = await surface.ask({ url })

      assert.deepEqual([said.status, json['value']], [status, value], said.text)
      assert.equal(count.tries, Math.min(meets, postgresLimits.retries) + 1)
      assert.equal(/nothing was done/.test(said.text), status === 503)
      assert.equal(said.headers['retry-after'], status === 503 ? '1' : undefined)
    } finally {
      await surface.close()
    }
  })

test('buyers who really meet are tried again inside their calls, and the sale is exact', async (t) => {
  const count = { tries: 0, calls: 0 }
  const surface = await openSurface(concurrency, 'postgres', meeting('sales.sell-read', 0, count))
  if ('skip' in surface) return t.skip(surface.skip)
  const servers = serversOf(surface)
  try {
    const { wrong } = await sellOut({ servers, action: 'sell-read', buyers: 40, items: 20 })

    assert.deepEqual(wrong, [])
    assert.ok(count.tries > count.calls, `${count.tries} tries of ${count.calls} calls`)
  } finally {
    await servers.close()
  }
})
