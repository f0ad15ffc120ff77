// Tests of choices: the texts that were named, by their own names only.
import { deepEqual, equal, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { choice } from './choice.ts'
import { mebibyte, notText, refuses, samples, somewhere, survives, takes, wrong } from './test_judging.ts'

const status = choice(['pending', 'paid', 'shipped'])

describe('choice', () => {
  test('what is not among the values is refused', () => {
    refuses(status, [
      ...notText,
      ...[
        '',
        'PAID',
        'paid ',
        'paid\0',
        'unpaid',
        '\uD800',
        '__proto__',
        'constructor',
        'toString',
        'valueOf',
        mebibyte,
      ].map((wire) => [`the text ${JSON.stringify(wire).slice(0, 20)}`, wire, 'bad_choice'] as const),
    ])
  })

  test('each of the values is taken and comes back', () => {
    takes(status, 'paid', 'paid')
    survives(status, fc.constantFrom('pending', 'paid', 'shipped'))
  })

  test('a value that a newer process wrote is shown and never written', () => {
    equal(status.kind.toValue('refunded', somewhere), 'refunded')
    throws(() => status.kind.toStored('refunded', somewhere), TypeError)
  })

  test('the message names the values, and not all of a hundred', () => {
    const many = choice(['x', ...Array.from({ length: 99 }, (_, n) => `value${n}`)])

    deepEqual(wrong(status, 'x')[0]?.message, 'Must be one of "pending", "paid", "shipped".')
    equal((wrong(many, 'y')[0]?.message.length ?? 999) < 200, true)
  })

  test('samples go round the values', () => samples(status, 3))

  test('values that cannot be told apart are refused', () => {
    throws(() => choice(['a', 'a']), /given twice/)
    throws(() => choice(['']), /1 to 100 texts/)
    throws(() => choice(['a\0']), TypeError)
    throws(() => choice(['x', ...Array.from({ length: 100 }, (_, n) => `v${n}`)]), TypeError)
    // @ts-expect-error A choice needs one value at least.
    throws(() => choice([]), TypeError)
  })
})
