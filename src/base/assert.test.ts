import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assert as hold, Broken } from './assert.ts'
import { Problem } from './pure/problem.ts'

test('a broken promise stops with the reason, and is not the caller’s problem', () => {
  hold(true, 'never said')
  assert.throws(
    () => hold(false, 'debit equals credit'),
    (error) => error instanceof Broken && !(error instanceof Problem) && error.message === 'debit equals credit',
  )
})

test('what was asserted is known to the type checker', () => {
  const maybe: string | undefined = ['text'].at(0)
  hold(maybe !== undefined, 'the list has one entry')
  assert.equal(maybe.length, 4)
})
