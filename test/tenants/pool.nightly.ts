// 2,000 random queries of each of three tenants over three connections (A12).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wrongAnswers } from './pool.ts'

const queries = 2_000

test(`${queries} queries of each tenant`, async (t) => {
  const found = await wrongAnswers(queries)
  if ('skip' in found) return t.skip(found.skip)
  assert.deepEqual(found.slice(0, 5), [])
})
