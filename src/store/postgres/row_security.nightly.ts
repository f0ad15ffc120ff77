// Thousands of queries of callers who share three connections: each sees its own rows, and no other's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mixed } from './test_mixed.ts'
import { securedForTests } from './test_secured.ts'

const queries = 10_000

test(`${queries} queries of five callers over three connections`, async (t) => {
  const secured = await securedForTests()
  if ('skip' in secured) return t.skip(secured.skip)
  try {
    for (let part = 0; part < queries; part += 900) assert.deepEqual(await mixed(secured, 900), [])
  } finally {
    await secured.close()
  }
})
