// Tests of references: ids in one spelling, and a rule for what deleting the target does.
import { equal, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { mebibyte, notText, refuses, samples, somewhere, survives, takes } from './test_judging.ts'
import { ref } from './ref.ts'

const id = '019a2b3c-4d5e-7f01-8203-040506070809'

describe('ref', () => {
  test('what is no id in its one spelling is refused', () => {
    refuses(ref('orders'), [
      ...notText,
      ...[
        '',
        '5',
        id.toUpperCase(),
        id.replaceAll('-', ''),
        `{${id}}`,
        `urn:uuid:${id}`,
        `${id}0`,
        `${id}\n`,
        id.slice(1),
        id.replace('7f01', '0f01'),
        id.replace('8203', 'c203'),
        id.replace('9', '\0'),
        id.replace('9', '\uD800'),
        '00000000-0000-0000-0000-000000000000',
        "' or 1=1 --",
        mebibyte,
      ].map((wire) => [`the text ${JSON.stringify(wire).slice(0, 50)}`, wire, 'bad_format'] as const),
    ])
  })

  test('an id comes back as it was sent', () => {
    takes(ref('orders'), id, id)
    survives(ref('orders'), fc.uuid())
  })

  test('samples are ids that differ', () => samples(ref('orders'), 200))

  test('the target is the noun or its name', () => {
    equal(ref('orders').to, 'orders')
    equal(ref({ type: 'resource', name: 'orders' }).to, 'orders')
    equal(ref('orders', { inverse: 'lines', onDelete: 'cascade' }).inverse, 'lines')
    equal(ref('orders').onDelete, 'restrict')
  })

  test('only an optional reference can be cleared', () => {
    equal(ref('orders', { onDelete: 'clear', optional: true }).onDelete, 'clear')
    // @ts-expect-error A reference that is cleared becomes null.
    throws(() => ref('orders', { onDelete: 'clear' }), /'clear' needs optional/)
    // @ts-expect-error Not one of the rules.
    throws(() => ref('orders', { onDelete: 'ignore' }), /onDelete cannot be "ignore"/)
    throws(() => ref('orders', { inverse: 'a b' }), /inverse "a b"/)
  })

  test('server code cannot write what is no id', () => {
    for (const odd of ['5', id.toUpperCase(), 5]) throws(() => ref('orders').kind.toStored(odd, somewhere), TypeError)
  })
})
