// Tests of booleans: true and false, nothing that is taken for them elsewhere.
import { deepEqual, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { boolean } from './boolean.ts'
import { foreign, mebibyte, refuses, samples, somewhere, survives, takes } from './test_judging.ts'

describe('boolean', () => {
  test('what only looks like a truth is refused', () => {
    refuses(boolean(), [
      ...foreign,
      ...[0, 1, -0, Number.NaN, Infinity, '', 'true', 'false', '\0', '\uD800', mebibyte].map(
        (wire) => [`the value ${String(wire).slice(0, 9)}`, wire, 'wrong_type'] as const,
      ),
    ])
  })

  test('true and false are taken and come back', () => {
    takes(boolean(), true, true)
    takes(boolean(), false, false)
    survives(boolean(), fc.boolean())
  })

  test('a query says true or false in full', () => {
    deepEqual(
      ['true', 'false', '1', 'TRUE', ''].map((query) => boolean().kind.fromText(query)),
      [true, false, '1', 'TRUE', ''],
    )
  })

  test('samples are both', () => samples(boolean(), 2))

  test('server code writes a boolean or nothing', () => {
    throws(() => boolean().kind.toStored(1, somewhere), TypeError)
  })
})
