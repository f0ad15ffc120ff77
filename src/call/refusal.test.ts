// What is answered when the database fails says whether the call was done, as far as anybody can know.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError, type StoreFailure } from '../store/contract.ts'
import { outageOf } from './refusal.ts'

const told = (failure: StoreFailure): readonly [number | undefined, string | undefined] => {
  const problem = outageOf(new StoreError(failure, 'why'))
  return [problem?.kind.status, problem?.message]
}

test('where nothing was done, that is said', () => {
  for (const failure of ['busy', 'serialization', 'deadline', 'unavailable'] as const) {
    assert.deepEqual([failure, told(failure)[0]], [failure, 503])
    assert.match(told(failure)[1] ?? '', /nothing was done/, failure)
  }
  assert.deepEqual(told('full'), [507, 'Nothing was written: the storage is full.'])
})

test('where it is not known, that is said', () => {
  for (const failure of ['broken', 'unknown'] as const)
    assert.deepEqual(told(failure), [503, 'The database failed; whether this was done is not known.'])
})

test('what a row may not be is no outage', () => {
  for (const failure of ['unique', 'foreign_key', 'check', 'not_null', 'denied', 'spoiled'] as const)
    assert.deepEqual([failure, ...told(failure)], [failure, undefined, undefined])
})
