// Tenants who share few connections: a small share of what is tried nightly (A12).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from '../../src/store/contract.ts'
import { wrongAnswers } from './pool.ts'

const queries = 60

test(`${queries} queries of each of three tenants over three connections`, async (t) => {
  const found = await wrongAnswers(queries)
  if ('skip' in found) return t.skip(found.skip)
  assert.deepEqual(found.slice(0, 5), [])
})

test('control: a connection that goes on speaking for the tenant before is noticed', async (t) => {
  const found = await wrongAnswers(20, forgetting)
  if ('skip' in found) return t.skip(found.skip)
  assert.notDeepEqual(found, [])
})

/** Every fifth query speaks for whoever spoke before. */
function forgetting(engine: Engine): Engine {
  const last: { as: Parameters<Engine['query']>[2]; asked: number } = { as: undefined, asked: 0 }
  return {
    ...engine,
    query: (statement, values, as) => {
      const before = last.as
      if (as !== undefined) last.as = as
      return engine.query(statement, values, as !== undefined && ++last.asked % 5 === 0 ? before : as)
    },
  }
}
